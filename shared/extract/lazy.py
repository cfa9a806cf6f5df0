"""Properties that are computed once."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class lazy(Generic[T]):
    """functools.cached_property without the lock that Python 3.11 has for all objects of a class: while a large page is
    understood in a thread, the loop's pages would wait for it."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, of: Any, owner: type | None = None) -> T:
        value = of.__dict__[self._name] = self._compute(of)  # stands before this descriptor from now on
        return value
