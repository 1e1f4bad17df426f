// Package courier decides in which order parcels are delivered.
package courier

import "sort"

// Stop is a house on the street, by its number.
type Stop struct {
	House int
	Name  string
}

// Route returns the stops in the order of one walk along the street and back:
// odd numbers going up, even numbers coming down.
func Route(stops []Stop) []Stop {
	route := append([]Stop(nil), stops...)
	sort.SliceStable(route, func(i, j int) bool {
		a, b := route[i].House, route[j].House
		if (a%2 == 0) != (b%2 == 0) {
			return a%2 != 0
		}
		if a%2 != 0 {
			return a < b
		}
		return a > b
	})
	return route
}
