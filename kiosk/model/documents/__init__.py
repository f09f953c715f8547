"""Numbers and zones that documents carry, each with its own check rules."""

from kiosk.model.documents.countries import countries, country_code, country_name
from kiosk.model.documents.identity import id_or_uscc, permanent_id, resident_id, uscc
from kiosk.model.documents.mrz import CheckDigit, Mrz, check_digit, parse_mrz
from kiosk.model.documents.mrz_answers import full_birth_date, full_expiry_date, mrz_answers
from kiosk.model.documents.nrc import nrc
from kiosk.model.documents.phones import phone

__all__ = [
    "CheckDigit", "Mrz", "check_digit", "countries", "country_code", "country_name", "full_birth_date",
    "full_expiry_date", "id_or_uscc", "mrz_answers", "nrc", "parse_mrz", "permanent_id", "phone",
    "resident_id", "uscc",
]  # fmt: skip
