"""Countries as EDGAR prints them in addresses: its codes are not ISO's, and a domestic filer only repeats its state."""

import re

STATE = re.compile(
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR"
    "|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
COUNTRIES = {
    name: code
    for name, _, code in (
        entry.strip().rpartition(" ")
        for entry in """
    argentina AR; australia AU; austria AT; bahamas BS; belgium BE; bermuda BM; brazil BR; canada CA; cayman islands KY;
    chile CL; china CN; colombia CO; costa rica CR; cyprus CY; czech republic CZ; denmark DK; egypt EG; finland FI;
    france FR; germany DE; greece GR; guernsey GG; hong kong HK; hungary HU; iceland IS; india IN; indonesia ID;
    ireland IE; isle of man IM; israel IL; italy IT; japan JP; jersey JE; kazakhstan KZ; korea, republic of KR;
    luxembourg LU; macau MO; malaysia MY; malta MT; marshall islands MH; mexico MX; monaco MC; netherlands NL;
    new zealand NZ; norway NO; panama PA; peru PE; philippines PH; poland PL; portugal PT; puerto rico PR;
    russian federation RU; saudi arabia SA; singapore SG; south africa ZA; spain ES; sweden SE; switzerland CH;
    taiwan TW; taiwan, province of china TW; thailand TH; turkey TR; united arab emirates AE; united kingdom GB;
    uruguay UY; viet nam VN; vietnam VN; virgin islands, british VG
    """.split(";")
    )
}


def place(code: str, description: str) -> tuple[str | None, str | None]:
    """Region and ISO country of `stateOrCountry` and its description: ("CA", "US") of CA and CA, (None, "NL") of P7 and
    Netherlands, ("British Columbia", "CA") of A1 and British Columbia, Canada; what is not known is None."""
    if country := COUNTRIES.get(description.lower()):
        return None, country
    region, _, last = description.rpartition(", ")
    if country := COUNTRIES.get(last.lower()):
        return region, country
    return (code, "US") if STATE.fullmatch(code) else (None, None)
