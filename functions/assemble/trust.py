"""What agreement is worth, field by field, so that a confidence of 0.9 means the same everywhere.

Measured on labelled pages (docs/accuracy.md, "What a confidence means"); the figures are coarse on purpose.
"""

# Of the doubt that agreement leaves, the part that proves right: these are right more often than their methods claim.
DOUBT = {
    "person": 0.3,
    "contact.address": 0.5,
    "hiring.opening": 0.4,
    "news.item": 0.3,
    "offering.product": 0.5,
    "identity.name": 0.6,
    "contact.email": 0.8,
    "contact.phone": 0.4,
    "contact.fax": 0.6,
}
# These are wrong now and then however many pages agree.
CEILING = {
    "technology": 0.85,
    "key_page": 0.89,
    "identity.legal_name": 0.88,
    "identity.description": 0.88,
    "identity.logo_url": 0.88,
}


def trusted(field: str, agreed: float, *, registry: bool) -> float:
    """The confidence that is shown; what a register says is as sure as it claims."""
    if registry:
        return agreed
    return round(min(1 - (1 - agreed) * DOUBT.get(field, 1.0), CEILING.get(field, 1.0)), 4)
