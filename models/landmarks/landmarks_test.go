package landmarks_test

import (
	"testing"

	"github.com/virtualcube/virtualcube/models/filtertest"
	"github.com/virtualcube/virtualcube/models/landmarks"
)

func TestContract(t *testing.T) {
	d, err := landmarks.Definition()
	if err != nil {
		t.Fatal(err)
	}
	filtertest.Run(t, d, filtertest.Options{Environment: environment(t)})
}
