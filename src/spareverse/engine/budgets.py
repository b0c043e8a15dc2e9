"""Purchase money: orders beyond the balance wait for the next period, first come first served."""

from __future__ import annotations

from spareverse.engine import memory as a
from spareverse.engine.calendar import schedule
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.shipping import buy
from spareverse.engine.sourcing import unit_price
from spareverse.engine.tickets import count, join, leave, record
from spareverse.jit import inner_kernel, lean_kernel


@inner_kernel
def renew(m: Whole, budget: int, now: int) -> None:
    """Money of the periods that have begun since the budget was last looked at."""
    period = now // m[at(budget + a.BUDGET_EVERY)]
    begun = period - m[at(budget + a.BUDGET_PERIOD)]
    if begun > 0:
        amount = m[at(budget + a.AMOUNT)]
        m[at(budget + a.BALANCE)] = min(amount, m[at(budget + a.BALANCE)] + begun * amount)
        m[at(budget + a.BUDGET_PERIOD)] = period


@inner_kernel
def can_pay(m: Whole, budget: int, cost: int) -> bool:
    """Whether the balance covers it; an order dearer than a whole period passes a full balance and leaves a debt."""
    balance = m[at(budget + a.BALANCE)]
    return bool(balance >= cost or balance == m[at(budget + a.AMOUNT)])


@lean_kernel
def cost_of(m: Whole, ticket: int) -> int:
    """Cents that an order costs at its supplier."""
    quantity = m[at(ticket + a.QUANTITY)]
    return int(quantity * unit_price(m, m[at(ticket + a.TICKET_SOURCE)], quantity))


@lean_kernel
def pay_and_buy(m: Whole, f: Floats, u: Streams, now: int, ticket: int) -> None:
    """The order is paid and goes out."""
    stock = m[at(ticket + a.TICKET_STOCK)]
    source = m[at(ticket + a.TICKET_SOURCE)]
    quantity = m[at(ticket + a.QUANTITY)]
    count(m, stock, a.SPENT_CENTS, cost_of(m, ticket))
    count(m, stock, a.LIST_CENTS, quantity * m[at(source + a.LIST_PRICE)])
    m[at(ticket + a.RELEASED)] = now
    if m[at(source + a.PRICE)] > 0 or m[at(source + a.BREAKS)] < m[at(source + a.BREAKS_END)]:
        record(m, now, a.R_PURCHASE, stock, a.NONE, a.NONE, source, quantity, a.ZERO)
    buy(m, f, u, now, ticket)


@inner_kernel
def place_at_supplier(m: Whole, f: Floats, u: Streams, now: int, ticket: int) -> None:
    """An order to a supplier: at once, or when the budget allows; emergencies do not wait for money."""
    stock = m[at(ticket + a.TICKET_STOCK)]
    budget = m[at(stock + a.BUDGET)]
    if budget < 0 or m[at(ticket + a.FLAVOUR)] != a.REGULAR or draw_money(m, now, budget, ticket):
        pay_and_buy(m, f, u, now, ticket)


@lean_kernel
def draw_money(m: Whole, now: int, budget: int, ticket: int) -> bool:
    """Take what an order costs from the balance; where that does not reach, or others wait, the order waits."""
    renew(m, budget, now)
    cost = cost_of(m, ticket)
    if m[at(budget + a.BUDGET_FIRST)] < 0 and can_pay(m, budget, cost):
        m[at(budget + a.BALANCE)] -= cost
        return True
    if m[at(budget + a.BUDGET_FIRST)] < 0:
        next_period = m[at(budget + a.BUDGET_PERIOD)] + 1
        schedule(m, next_period * m[at(budget + a.BUDGET_EVERY)], a.MONEY, budget, a.ZERO)
    join(m, budget + a.BUDGET_FIRST, ticket)
    stock = m[at(ticket + a.TICKET_STOCK)]
    source = m[at(ticket + a.TICKET_SOURCE)]
    record(m, now, a.R_BUDGET_WAIT, stock, a.NONE, a.NONE, source, m[at(ticket + a.QUANTITY)], a.ZERO)
    return False


@lean_kernel
def money_comes(m: Whole, f: Floats, u: Streams, now: int, budget: int) -> None:
    """A new period: orders that waited go out, first come first served, as far as the money goes."""
    renew(m, budget, now)
    while (
        m[at(budget + a.BUDGET_FIRST)] >= 0
        and m[a.STATUS] == a.OK
        and can_pay(m, budget, cost_of(m, m[at(budget + a.BUDGET_FIRST)]))
    ):
        ticket = leave(m, budget + a.BUDGET_FIRST)
        m[at(budget + a.BALANCE)] -= cost_of(m, ticket)
        pay_and_buy(m, f, u, now, ticket)
    if m[at(budget + a.BUDGET_FIRST)] >= 0:
        schedule(m, now + m[at(budget + a.BUDGET_EVERY)], a.MONEY, budget, a.ZERO)
