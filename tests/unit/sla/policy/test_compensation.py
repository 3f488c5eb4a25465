"""What is owed, also where what is known of the money makes no sense."""

import pytest

from streams.sla.details import RegistrationDetails
from streams.sla.policy.compensation import Owed, Proposal
from streams.sla.policy.document import Cap, Compensation, Pay
from streams.sla.registration import Registration

HALF = Proposal(Compensation(pay=Pay(freight=0.5), cap=Cap(value=0.1), rule="late"), "$")


def shipment(freight: str, value: str) -> Registration:
    details = RegistrationDetails(freight=freight, declared_value=value, currency="EUR")
    return Registration(customer_id="c", registered_at=0, more=details)


def test_a_share_is_rounded_to_cents_and_no_more_than_the_cap() -> None:
    assert HALF.owed(shipment("12.33", "1000"), None, 1) == Owed("6.17", "EUR", "late")
    assert HALF.owed(shipment("12.33", "20"), None, 1) == Owed("2.00", "EUR", "late")


def test_a_sum_is_not_held_against_a_cap_in_another_currency() -> None:
    pay = Pay(amount=10, currency="CNY")
    voucher = Proposal(Compensation(pay=pay, cap=Cap(freight=0.5), rule="voucher"), "$")
    yuan = Registration("c", 0, more=RegistrationDetails(freight="12", currency="CNY"))
    assert voucher.owed(yuan, None, 1) == Owed("6.00", "CNY", "voucher")
    assert voucher.owed(shipment("12", ""), None, 1) is None
    assert voucher.owed(Registration("c", 0), None, 1) == Owed("10.00", "CNY", "voucher")
    summed = Proposal(Compensation(pay=pay, cap=Cap(amount=8), rule="voucher"), "$")
    assert summed.owed(shipment("12", ""), None, 1) == Owed("8.00", "CNY", "voucher")


@pytest.mark.parametrize("kept", ["NaN", "sNaN", "Infinity", "-Infinity", "1e999999", "-15.00", "much", ""])
def test_nothing_is_owed_of_an_amount_that_makes_no_sense(kept: str) -> None:
    assert HALF.owed(shipment(kept, ""), None, 1) is None


@pytest.mark.parametrize("kept", ["NaN", "sNaN", "Infinity", "-1", "much"])
def test_a_cap_that_makes_no_sense_is_none(kept: str) -> None:
    assert HALF.owed(shipment("12.33", kept), None, 1) == Owed("6.17", "EUR", "late")
