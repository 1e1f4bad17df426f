import unittest

from pricing import price


class Pricing(unittest.TestCase):
    def test_the_tenth_is_free(self) -> None:
        self.assertEqual([price(40, count) for count in (0, 1, 9, 10, 11)], [0, 40, 360, 360, 400])

    def test_fewer_than_none_cannot_be_sold(self) -> None:
        with self.assertRaises(ValueError):
            price(40, -1)
