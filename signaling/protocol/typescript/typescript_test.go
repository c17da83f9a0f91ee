package typescript_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/virtualcube/virtualcube/signaling/protocol/schema"
	"github.com/virtualcube/virtualcube/signaling/protocol/typescript"
)

func TestGeneratedFilesAreUpToDate(t *testing.T) {
	for file, source := range map[string]func() ([]byte, error){
		"../../../client/src/protocol/protocol.gen.ts": typescript.Source,
		"../../../client/src/protocol/room.gen.ts":     typescript.Room,
		"../room.gen.json":                             schema.Room,
	} {
		want, err := source()
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
}
