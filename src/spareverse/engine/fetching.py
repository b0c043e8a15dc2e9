"""What the events of the next bucket will touch comes into the cache while those of the present one take place.

In a large coupled group every event touches rows that lie far apart in memory; waiting for one after the other takes
four fifths of the time. Each event of the present bucket therefore goes one step along the next bucket and asks for
the rows that one event there names, without waiting, and for those that the rows asked for earlier lead to: from the
customer to its stock point, the source of that, the stock point above, and the source of that. Nothing that happens
depends on it.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from spareverse.engine import memory as a
from spareverse.engine.calendar import KIND_SHIFT
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.jit import inner_kernel

WORDS_OF_LINE = 8
STATE_SIZE = 4
"""Words of a random stream."""


def fetch(array: Any, place: int) -> None:
    """Ask for the cache line of ``array.flat[place]``, any place will do; without the compiler nothing happens."""


@intrinsic
def _prefetch(_typing: Any, array: Any, place: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        line = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [line.type, *[ir.IntType(32)] * 3])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [line.type], kind)
        read, second_level, data_cache = (ir.Constant(ir.IntType(32), flag) for flag in (0, 2, 1))
        builder.call(prefetch, [line, read, second_level, data_cache])
        return context.get_dummy_value()

    return types.none(array, place), generate


@overload(fetch)
def _fetch(array: Any, place: int) -> Any:
    def ask(array: Any, place: int) -> None:
        _prefetch(array, place)  # type: ignore[call-arg]

    return ask


@inner_kernel
def fetch_row(m: Whole, row: int, size: int) -> None:
    """Ask for all lines of a row."""
    for word in range(0, size, WORDS_OF_LINE):
        fetch(m, row + word)


@inner_kernel
def fetch_source(m: Whole, stock: int) -> int:
    """Ask for the first source of a stock point; -1 when it has none."""
    source = m[at(stock + a.SOURCES)]
    if source == m[at(stock + a.SOURCES_END)]:
        return -1
    fetch_row(m, source, a.SOURCE_SIZE)
    return int(source)


@inner_kernel
def look_ahead(m: Whole, f: Floats, u: Streams) -> None:
    """Go one step along the next bucket. What was asked for in the step before is there by now."""
    follow_ways(m, u)
    customer = m[a.AHEAD_CUSTOMER]
    m[a.AHEAD_STOCK] = -1
    if customer >= 0:
        m[a.AHEAD_STOCK] = m[at(customer + a.CUSTOMER_STOCK)]
        fetch_row(m, m[a.AHEAD_STOCK], a.STOCK_SIZE)
        fetch(u, STATE_SIZE * m[at(customer + a.CUSTOMER_STREAM)])
        fetch(f, m[at(customer + a.GAP)])
    row = m[a.AHEAD]
    m[a.AHEAD_CUSTOMER] = -1
    m[a.AHEAD_TICKET] = -1
    if row < 0:
        return
    m[a.AHEAD] = m[at(row + a.EVENT_SIZE)]
    fetch(m, m[a.AHEAD])
    kind = m[at(row + a.ORDER_KEY)] >> KIND_SHIFT
    if kind == a.ARRIVAL:
        m[a.AHEAD_CUSTOMER] = m[at(row + a.ENTITY)]
        fetch_row(m, m[a.AHEAD_CUSTOMER], a.CUSTOMER_SIZE)
    elif kind == a.DELIVERY or kind == a.GOODS_READY:
        m[a.AHEAD_TICKET] = m[at(row + a.DETAIL)]
        fetch_row(m, m[a.AHEAD_TICKET], a.TICKET_SIZE)
        fetch_row(m, m[at(row + a.ENTITY)], a.STOCK_SIZE)


@inner_kernel
def follow_ways(m: Whole, u: Streams) -> None:
    """Where goods come from: the source of a ticket, of a stock point, the stock point above and its source."""
    if m[a.AHEAD_TICKET] >= 0:
        fetch_row(m, m[at(m[a.AHEAD_TICKET] + a.TICKET_SOURCE)], a.SOURCE_SIZE)
    if m[a.AHEAD_ABOVE] >= 0:
        beyond = fetch_source(m, m[a.AHEAD_ABOVE])
        if beyond >= 0:
            fetch(u, STATE_SIZE * m[at(beyond + a.SOURCE_STREAM)])
    source = m[a.AHEAD_SOURCE]
    m[a.AHEAD_ABOVE] = -1
    if source >= 0:
        fetch(u, STATE_SIZE * m[at(source + a.SOURCE_STREAM)])
        m[a.AHEAD_ABOVE] = m[at(source + a.ABOVE)]
        fetch_row(m, m[a.AHEAD_ABOVE], a.STOCK_SIZE)
    m[a.AHEAD_SOURCE] = -1
    if m[a.AHEAD_STOCK] >= 0:
        m[a.AHEAD_SOURCE] = fetch_source(m, m[a.AHEAD_STOCK])
