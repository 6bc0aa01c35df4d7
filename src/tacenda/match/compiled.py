"""How functions are compiled to machine code: once a machine, kept on disk, without the interpreter's lock."""

from typing import Any, Final, TypeAlias

from numba import njit

Int: TypeAlias = Any
"""An integer of machine code: Python's int to a reader, int64 to the compiler."""

_make: Any = njit

OUTER: Final[Any] = _make(cache=True, nogil=True, error_model="numpy")
"""For what Python calls."""

INNER: Final[Any] = _make(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy")
"""For what only machine code calls: nothing that Python could call is made, which halves the time of compiling.

Numba notices a change only of the file in which an `OUTER` function stands, so its `INNER` ones stand in the same.
"""
