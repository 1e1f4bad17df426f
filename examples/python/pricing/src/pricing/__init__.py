"""What a number of things costs."""


def price(cents: int, count: int) -> int:
    """Return the price of `count` things of `cents` each; the tenth of ten is free."""
    if count < 0:
        raise ValueError(f"cannot sell {count} things")
    return cents * (count - count // 10)
