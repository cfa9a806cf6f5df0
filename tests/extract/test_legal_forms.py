"""Registered names of many countries: the legal form is known, found in an imprint, and left out of what people say."""

import pytest

from shared.extract import extractors
from shared.extract.legal_forms import legal_form, without_form
from shared.extract.page import ParsedPage

# By country: registered names, the form behind a slash.
FORMS = {
    "US": "Orrin Vale /Inc.; Orrin Vale/, LLC; Orrin Vale /Corporation; Orrin Vale /LLP; Orrin Vale /Corp.",
    "GB": "Orrin Vale /Ltd; Orrin Vale /plc; Orrin Vale /Limited; Orrin Vale /LLP; Orrin Vale /CIC",
    "IE": "Orrin Vale /DAC; Orrin Vale /Teoranta; Orrin Vale /CLG",
    "CA": "Orrin Vale /Ltée; Orrin Vale /Inc.; Orrin Vale /ULC",
    "AU": "Orrin Vale /Pty Ltd; Orrin Vale /Pty. Ltd.",
    "NZ": "Orrin Vale /Limited",
    "ZA": "Orrin Vale /(Pty) Ltd; Orrin Vale /NPC; Orrin Vale Trading /CC",
    "IN": "Orrin Vale /Private Limited; Orrin Vale /Pvt. Ltd.; Orrin Vale /Pvt Ltd",
    "SG": "Orrin Vale /Pte. Ltd.; Orrin Vale /Pte Ltd",
    "MY": "Orrin Vale /Sdn. Bhd.; Orrin Vale /Sdn Bhd; Orrin Vale /Berhad",
    "DE": "Orrin Vale /GmbH; Orrin Vale /AG; Orrin Vale /GmbH & Co. KG; Orrin Vale /UG (haftungsbeschränkt);"
    " Orrin Vale /e.K.; Orrin Vale /KGaA; Orrin Vale /eG; Orrin Vale /OHG; Orrin Vale /SE; Orrin Vale /e.V.;"
    " Orrin Vale /gGmbH; Orrin Vale /GbR; Orrin Vale /PartG mbB; Orrin Vale /SE & Co. KGaA; Orrin Vale /e.G.;"
    " Orrin Vale /Aktiengesellschaft; Orrin Vale /Gesellschaft mit beschränkter Haftung;"
    " Orrin Vale /Unternehmergesellschaft (haftungsbeschränkt); Orrin Vale /S.à r.l. & Co. KG;"
    " Orrin Vale /Ltd. & Co. KG; Orrin Vale /UG (haftungsbeschränkt) & Co. KG",
    "AT": "Orrin Vale /Ges.m.b.H.; Orrin Vale /GesmbH; Orrin Vale /FlexCo; Orrin Vale /OG; Orrin Vale /e.U.",
    "CH": "Orrin Vale /AG; Orrin Vale /Sàrl; Orrin Vale /SA",
    "LI": "Orrin Vale /Anstalt",
    "FR": "Orrin Vale /SAS; Orrin Vale /SARL; Orrin Vale /SASU; Orrin Vale /EURL; Orrin Vale /S.A.; Orrin Vale /SCOP;"
    " /SARL Orrin Vale; /SAS Orrin Vale",
    "BE": "Orrin Vale /BV; Orrin Vale /NV; Orrin Vale /BVBA; Orrin Vale /SRL; Orrin Vale /VZW; Orrin Vale /ASBL;"
    " Orrin Vale /SCRL",
    "NL": "Orrin Vale /B.V.; Orrin Vale /N.V.; Orrin Vale /VOF; Orrin Vale /BV",
    "LU": "Orrin Vale /S.à r.l.; Orrin Vale /S.A.",
    "ES": "Orrin Vale/, S.L.; Orrin Vale /S.A.; Orrin Vale /S.L.U.; Orrin Vale/, S. Coop.; Orrin Vale /SL",
    "PT": "Orrin Vale/, Lda.; Orrin Vale/, S.A.; Orrin Vale/, Unipessoal Lda.",
    "IT": "Orrin Vale /S.p.A.; Orrin Vale /S.r.l.; Orrin Vale /s.n.c.; Orrin Vale /Srl; Orrin Vale /S.r.l.s.;"
    " Orrin Vale /S.a.s.; Orrin Vale /SpA; Orrin Vale /Soc. Coop.",
    "SE": "Orrin Vale /AB; Orrin Vale /Aktiebolag; Orrin Vale /HB; Orrin Vale /AB (publ)",
    "NO": "Orrin Vale /AS; Orrin Vale /ASA; Orrin Vale /ANS",
    "DK": "Orrin Vale /A/S; Orrin Vale /ApS; Orrin Vale /I/S; Orrin Vale /P/S; Orrin Vale /IVS",
    "FI": "Orrin Vale /Oy; Orrin Vale /Oyj; Orrin Vale /Oy Ab; Orrin Vale /Ky; Orrin Vale /Ab",
    "IS": "Orrin Vale /ehf.; Orrin Vale /hf.",
    "PL": "Orrin Vale /Sp. z o.o.; Orrin Vale /S.A.; Orrin Vale /sp. z o.o. sp. k.; Orrin Vale /sp.j.",
    "CZ": "Orrin Vale /s.r.o.; Orrin Vale /a.s.; Orrin Vale/, spol. s r.o.; Orrin Vale /v.o.s.",
    "SK": "Orrin Vale/, s. r. o.; Orrin Vale/, a. s.",
    "HU": "Orrin Vale /Kft.; Orrin Vale /Zrt.; Orrin Vale /Nyrt.; Orrin Vale /Bt.",
    "RO": "Orrin Vale /S.R.L.; Orrin Vale /SRL; Orrin Vale /SA",
    "BG": "Orrin Vale /EOOD; Orrin Vale /OOD; Orrin Vale /AD; Орин Вейл /ЕООД; Орин Вейл /ООД",
    "GR": "Orrin Vale /Α.Ε.; Orrin Vale /Ε.Π.Ε.; Orrin Vale /Ι.Κ.Ε.; Orrin Vale /S.A.",
    "HR": "Orrin Vale /d.o.o.; Orrin Vale /d.d.; Orrin Vale /j.d.o.o.",
    "SI": "Orrin Vale/, d.o.o.; Orrin Vale/, d.d.",
    "RS": "Orrin Vale /d.o.o.; Orrin Vale /DOO; Orrin Vale /doo",
    "MT": "Orrin Vale /p.l.c.",
    "EG": "Orrin Vale /S.A.E.",
    "MA": "Orrin Vale /SARL AU",
    "EE": "Orrin Vale /OÜ; Orrin Vale /AS",
    "LV": "Orrin Vale /SIA",
    "LT": "Orrin Vale /UAB",
    "TR": "Orrin Vale /A.Ş.; Orrin Vale /Ltd. Şti.; Orrin Vale /Limited Şirketi; Orrin Vale /Anonim Şirketi",
    "RU": "/ООО «Орин Вейл»; /АО «Орин Вейл»; /Общество с ограниченной ответственностью «Орин Вейл»",
    "UA": "/ТОВ «Орин Вейл»; /ПрАТ «Орін Вейл»",
    "IL": 'Orrin Vale /Ltd.; אורין וייל /בע"מ',
    "AE": "Orrin Vale /FZE; Orrin Vale /FZ-LLC; Orrin Vale /FZCO; Orrin Vale /L.L.C.",
    "BR": "Orrin Vale /Ltda.; Orrin Vale /S/A; Orrin Vale /EIRELI; Orrin Vale /S.A.",
    "MX": "Orrin Vale/, S.A. de C.V.; Orrin Vale/, S. de R.L. de C.V.; Orrin Vale/, S.A.P.I. de C.V.",
    "AR": "Orrin Vale /S.R.L.; Orrin Vale /S.A.S.",
    "CL": "Orrin Vale /SpA; Orrin Vale /Limitada",
    "CO": "Orrin Vale /S.A.S.; Orrin Vale /Ltda.",
    "PE": "Orrin Vale /S.A.C.; Orrin Vale /E.I.R.L.",
    "ID": "/PT Orrin Vale; /PT Orrin Vale Tbk",
    "PH": "Orrin Vale /Corporation; Orrin Vale/, Inc.",
    "TH": "Orrin Vale /Co., Ltd.; Orrin Vale /Public Company Limited",
    "VN": "Orrin Vale /JSC; /Công ty TNHH Orrin Vale; /Công ty Cổ phần Orrin Vale",
    "JP": "織川/株式会社; /株式会社織川; /合同会社織川; Orrin Vale /K.K.; Orrin Vale /G.K.; Orrin Vale /Co., Ltd.",
    "CN": "奥林谷/有限公司; 奥林谷科技/股份有限公司",
    "TW": "奧林谷/股份有限公司",
    "HK": "Orrin Vale /Limited; 奧林谷/有限公司",
    "KR": "/주식회사 오린베일; /(주)오린베일; 오린베일/㈜",
}


def test_the_table_has_forms_of_more_than_thirty_countries() -> None:
    assert len(FORMS) > 30


def names_of(country: str) -> list[str]:
    return [name.strip() for name in FORMS[country].split(";")]


@pytest.mark.parametrize("country", FORMS)
def test_a_legal_form_is_known_and_people_leave_it_out(country: str) -> None:
    for name in names_of(country):
        whole = name.replace("/", "", 1)
        assert legal_form(whole), name
        if not name.startswith("/"):
            assert without_form(whole) == name.partition("/")[0].strip(), name


@pytest.mark.parametrize("country", FORMS)
def test_an_imprint_tells_the_registered_name(country: str) -> None:
    for name in names_of(country):
        whole = name.replace("/", "", 1)
        body = f"<title>Imprint</title><h1>Imprint</h1><p>{whole}</p><p>12 Long Lane</p><p>10115 Exampleton</p>"
        url = "https://www.orrinvale.com/imprint"
        page = ParsedPage.parse(body.encode(), url=url, fetched_at="", charset="utf-8", kind="legal")
        found = [fact.value for fact in extractors.facts(page) if fact.field == "identity.legal_name"]
        assert whole in found


@pytest.mark.parametrize("site", ["orrinvale.com", "fernmill.com"])
def test_a_register_line_makes_a_name_no_less_sure(site: str) -> None:
    def sure(lines: str) -> float:
        body = f"<h1>Details</h1><p>Orrin Vale GmbH<br>{lines}<br>Ringstr. 6<br>10115 Exampleton".encode()
        page = ParsedPage.parse(body, url=f"https://www.{site}/imprint", fetched_at="", charset="utf-8", kind="legal")
        return next(fact.confidence for fact in extractors.facts(page) if fact.field == "identity.legal_name")

    assert sure("HRB 123456 B") >= sure("Exampleton Court")
