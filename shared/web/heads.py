"""The head of an answer as browsers read it, put right before a parser sees it that takes no faulty one."""

import re

END = re.compile(rb"\r?\n\r?\n")
MAX_BYTES = 262_144  # more is left to the parser as it is
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_FIELD = re.compile(rb"^([!#$%&'*+.^_`|~0-9A-Za-z-]++)[ \t]*+:([^\r\n]*)", re.M)
_FRAMING = (b"content-length", b"transfer-encoding")


def put_right(head: bytes) -> bytes:
    """What is no header is left out, and what is said twice is said once. Of a length and chunks the chunks count
    (RFC 9112, 6.3); two lengths that differ stay for the parser to refuse."""
    status, _, lines = _FOLDED.sub(b" ", head.strip(b"\r\n")).partition(b"\n")
    kept, framing = [status.rstrip(b"\r")], dict[tuple[bytes, bytes], None]()
    for name, value in _FIELD.findall(lines):
        if (lower := name.lower()) in _FRAMING:
            framing |= dict.fromkeys((lower, part.strip().lower()) for part in value.split(b","))
        else:
            kept.append(name + b":" + value)
    framing.pop((b"transfer-encoding", b"identity"), None)
    codings = [value for name, value in framing if name == b"transfer-encoding"]
    if codings:
        kept.append(b"Transfer-Encoding: " + b", ".join(codings))
    else:
        kept += [b"Content-Length: " + length for _, length in framing]
    return b"\r\n".join(kept) + b"\r\n\r\n"
