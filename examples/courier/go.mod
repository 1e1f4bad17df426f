module example.org/shop/courier

go 1.21
