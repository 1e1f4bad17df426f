package courier

import (
	"reflect"
	"testing"
)

func TestRouteGoesUpTheOddAndDownTheEvenNumbers(t *testing.T) {
	var houses []int
	for _, stop := range Route([]Stop{{House: 2}, {House: 5}, {House: 1}, {House: 8}}) {
		houses = append(houses, stop.House)
	}
	if want := []int{1, 5, 8, 2}; !reflect.DeepEqual(houses, want) {
		t.Errorf("went to %v, want %v", houses, want)
	}
}

func TestRouteLeavesItsArgumentAsItWas(t *testing.T) {
	stops := []Stop{{House: 3}, {House: 1}}
	Route(stops)
	if stops[0].House != 3 {
		t.Error("the caller's slice was sorted")
	}
}
