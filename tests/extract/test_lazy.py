import threading
from collections.abc import Callable

from shared.extract.lazy import lazy
from tests import patience


class Thing:
    def __init__(self, compute: Callable[[], object]) -> None:
        self.compute = compute

    @lazy
    def value(self) -> object:
        """What it computes."""
        return self.compute()


def test_a_value_is_computed_once() -> None:
    values = iter("ab")
    thing = Thing(lambda: next(values))
    assert (thing.value, thing.value, Thing(lambda: next(values)).value) == ("a", "a", "b")


def test_nothing_waits_for_the_value_of_another() -> None:
    """A thread that hangs in a page must not have the loop hang with it."""
    started, go_on = threading.Event(), threading.Event()

    def hang() -> bool:
        started.set()
        return go_on.wait(patience.SECONDS)

    hanging = Thing(hang)
    thread = threading.Thread(target=lambda: hanging.value)
    thread.start()
    assert started.wait(patience.SECONDS)
    assert Thing(lambda: 1).value == 1
    go_on.set()
    thread.join()
    assert hanging.value is True, "the other value was there before this one"
