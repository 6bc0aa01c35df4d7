"""Two machine instructions that Numba has no words for: eight bytes from any place, and the first bit set."""

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

_intrinsic: Any = intrinsic


@_intrinsic
def load8(context: Any, array: Any, place: Any) -> Any:
    """uint64: the eight bytes of a uint8 array at `place`, the first one lowest. Not checked against the end."""

    def code(target: Any, builder: Any, signature: Any, given: Any) -> Any:
        data = target.make_array(signature.args[0])(target, builder, given[0]).data
        pointer = builder.bitcast(builder.gep(data, [given[1]]), ir.IntType(64).as_pointer())
        loaded = builder.load(pointer)
        loaded.align = 1
        return loaded

    return types.uint64(array, types.int64), code


@_intrinsic
def trailing(context: Any, number: Any) -> Any:
    """int64: the place of the lowest bit set in a uint64 that is not nought."""

    def code(target: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.cttz(given[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), code
