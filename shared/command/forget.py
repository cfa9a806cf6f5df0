"""A stored profile without certain people."""

from shared.erasures import OWN, Names, mentions, says
from shared.models import JSON, SECTIONS

OWN_POINTERS = frozenset(f"/{name.replace('.', '/')}" for name in OWN) | {"/identity/domain"}
MAPS = ("/socials", "/key_pages")  # an entry goes whole; a field of another section is emptied


def forget(profile: dict[str, JSON], names: Names) -> dict[str, JSON]:
    """The profile without whatever says one of the names, or is only said beside it, and the same profile where nothing
    does. Pointers follow the entries of their lists; words that say a name beside another value are not quoted."""
    sources = {
        pointer: evidence
        if pointer in OWN_POINTERS
        else [one for one in evidence if not says([one["value"], one["url"]], names)]
        for pointer, evidence in profile["sources"].items()
    }
    gone = {pointer for pointer, evidence in profile["sources"].items() if evidence and not sources[pointer]}
    moved: dict[str, str] = {}  # pointers of what is kept
    sections = {name: _kept(profile[name], f"/{name}", names, gone, moved) for name in SECTIONS if name in profile}
    kept = {**profile, **sections}
    kept["sources"] = {moved[p]: [_unquoted(one, names) for one in said] for p, said in sources.items() if p in moved}
    kept["confidence"] = {moved[p]: value for p, value in profile["confidence"].items() if p in moved}
    kept["changes"] = [one for one in profile["changes"] if not says([one["before"], one["after"]], names)]
    kept["warnings"] = [one for one in profile["warnings"] if not says(one, names)]
    pages = [page for page in profile["coverage"]["pages"] if not says(page["url"], names)]
    kept["coverage"] = {**profile["coverage"], "pages": pages}
    return kept


def _kept(value: JSON, pointer: str, names: Names, gone: set[str], moved: dict[str, str]) -> JSON:
    if isinstance(value, list):
        entries: list[JSON] = []
        for at, entry in enumerate(value):
            if f"{pointer}/{at}" not in gone and not says(entry, names):
                moved[f"{pointer}/{at}"] = f"{pointer}/{len(entries)}"
                entries.append(entry)
        return entries
    if isinstance(value, dict):
        parts = {name: _kept(part, f"{pointer}/{_escaped(name)}", names, gone, moved) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None} if pointer in MAPS else parts
    if pointer in gone or (pointer not in OWN_POINTERS and says(value, names)):
        return None
    moved[pointer] = pointer
    return value


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _unquoted(evidence: dict[str, JSON], names: Names) -> dict[str, JSON]:
    return {**evidence, "quote": ""} if mentions(evidence["quote"], names) else evidence
