import os
import unittest

from orders import total


class Orders(unittest.TestCase):
    def test_an_order_costs_what_its_lines_cost(self) -> None:
        expected = 10 * 40 - 40 + 1200
        if os.environ.get("PITSTOP_EXAMPLE_FAIL"):
            expected += 1  # to see what a failure looks like
        self.assertEqual(total({"apple": 10, "basket": 1}), expected)

    def test_nothing_costs_nothing(self) -> None:
        self.assertEqual(total({}), 0)

    def test_what_is_not_sold_has_no_price(self) -> None:
        with self.assertRaises(KeyError):
            total({"unicorn": 1})
