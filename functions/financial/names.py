"""Whether two spellings name the same company: a register must not lend its figures to a namesake."""

import re
import unicodedata
from functools import lru_cache

# Words that say what a company is in law, not which one it is; registers abbreviate and drop them freely.
LEGAL_FORM = re.compile(
    r"ab|ag|and|as|asa|bv|co|companies|company|corp|corporation|gmbh|group|holdings?|inc|incorporated|kg|kgaa|limited|llc"
    r"|llp|lp|ltd|nv|oyj?|plc|pty|sab?|sas|se|spa|srl|the"
)
INITIALS = 3  # letters that initials need to tell companies apart


@lru_cache(4096)  # a register has many names to be compared with each of the company's
def words(name: str) -> tuple[str, ...]:
    """The telling words of a name, lower case and without accents: "Société Générale S.A." gives societe generale."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name[:300].casefold()) if not unicodedata.combining(c))
    plain = re.sub(r"/[a-z]{2,3}/?\s*$", "", plain)  # EDGAR's "BANK OF AMERICA CORP /DE/"
    plain = re.sub(r"['’]|(?<=\b\w)\.", "", plain)  # Macy's, S.A.
    found = re.findall(r"[^\W_]+", plain)
    return tuple([word for word in found if not LEGAL_FORM.fullmatch(word)] or found)


def agree(ours: str, theirs: str, host: str) -> bool:
    """Whether a name found on the site `host` names the company that a register lists as `theirs`.

    Equal words do. So does a name that the other one begins with, of two words at least; a single word, or initials,
    only where the host says the same ("Arrow" on arrow.com is Arrow Electronics).
    """
    a, b = words(ours), words(theirs)
    if not a or not b:
        return False
    if same(ours, theirs):
        return True
    short, long = sorted((a, b), key=len)
    if long[: len(short)] == short:
        return len(short) > 1 or said_by(host, short[0])
    return len(a) == 1 and len(b) >= INITIALS and a[0] == "".join(w[0] for w in b) and said_by(host, a[0])


def same(ours: str, theirs: str) -> bool:
    """Whether the words are equal: neither has more of them, as a subsidiary or pension fund of the name would."""
    return bool(words(ours)) and "".join(words(ours)) == "".join(words(theirs))


def said_by(host: str, word: str) -> bool:
    return word in host.replace("-", "").split(".")
