package typescript_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/virtualcube/virtualcube/signaling/protocol/typescript"
)

func TestGeneratedFileIsUpToDate(t *testing.T) {
	const file = "../../../client/src/protocol/protocol.gen.ts"
	want, err := typescript.Source()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from the structs: run go generate ./signaling/protocol", file)
	}
}
