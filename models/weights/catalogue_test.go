package weights

import (
	"errors"
	"strings"
	"testing"
)

const goodCatalogue = `version: 1
packages:
  n: {client: npm, name: "@some/one", version: 1.2.3, size: 10, integrity: sha512-ePVq8TvB21sdHSxVMZOEIf9JVa7MAYpaIaNXeGgsPOiMCN8xbPCdF2LS5aYj7VRR3ZxzutedgV9ZplV65IA1Fg==}
  p: {client: pip, name: some-one, version: 1.2.3, size: 10, tag: manylinux_2_28_x86_64, integrity: "sha256:3ae010da069c062b86394742643b3b9ceeed0bede1c24cd284e31310a6f18e3d"}
weights:
  - name: a-b
    summary: s
    licence: MIT
    evidence: e
    source: s
    files: [{package: n, parts: [{member: package/a}], name: a.onnx, size: 1, sha256: 3ae010da069c062b86394742643b3b9ceeed0bede1c24cd284e31310a6f18e3d}]
`

// badCatalogues are changes of the good one, and what is said of each.
var badCatalogues = []struct{ from, to, says string }{
	{"version: 1\n", "version: 2\n", "version is 2"},
	{"client: npm", "client: cargo", "none of npm, pip"},
	{"integrity: sha512-", "integrity: sha1-", "sha512-"},
	{"sha256:3ae0", "sha256:3a", "64 hexadecimal"},
	{`"@some/one"`, `"--registry=x"`, "no name of a package"},
	{`"@some/one"`, `"git+ssh://x/y"`, "no name of a package"},
	{"version: 1.2.3", "version: latest", "no exact version"},
	{"tag: many", "tag: --many", "no platform tag"},
	{"size: 10", "size: 0", "its size is 0"},
	{"size: 10", "size: 9999999999", "its size is 9999999999"},
	{"name: a-b", "name: ../a", "a name is"},
	{"licence: MIT", "licence: ''", "must be there"},
	{"package: n,", "package: z,", `package "z" is none`},
	{"name: a.onnx", "name: ../a.onnx", "no name of a file"},
	{"name: a.onnx", "name: .lock", "no name of a file"},
	{"member: package/a", "member: package/../a", "a clean path"},
	{"member: package/a", "member: a, offset: -1", "not negative"},
	{"parts: [{member: package/a}]", "parts: []", "it has 0 parts"},
	{"size: 1,", "size: -1,", "its size is -1"},
	{"sha256: 3ae0", "sha256: 3AE0", "64 hexadecimal"},
	{"sha256: 3ae0", "convert: magic, sha256: 3ae0", `"magic" is unknown`},
	{"files: ", "extra: ", "extra"},
	{"weights:\n", "weights: {}\n", "weights"},
}

func TestParseCatalogue(t *testing.T) {
	c, err := ParseCatalogue([]byte(goodCatalogue))
	if err != nil || len(c.Packages) != 2 || len(c.Weights) != 1 {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, bad := range badCatalogues {
		text := strings.Replace(goodCatalogue, bad.from, bad.to, 1)
		if _, err := ParseCatalogue([]byte(text)); text == goodCatalogue || !errors.Is(err, ErrCatalogue) || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%q: error %v, want %q", bad.to, err, bad.says)
		}
	}
	twice := goodCatalogue + goodCatalogue[strings.Index(goodCatalogue, "  - name"):]
	if _, err := ParseCatalogue([]byte(twice)); !errors.Is(err, ErrCatalogue) || !strings.Contains(err.Error(), "two weights") {
		t.Errorf("twice the same: %v", err)
	}
}

// permissive are the licences that weights may have.
var permissive = map[string]bool{"MIT": true, "Apache-2.0": true, "MIT OR Apache-2.0": true, "BSD-2-Clause": true, "BSD-3-Clause": true, "ISC": true}

// TestOwnCatalogue holds what the catalogue must have beside its form.
func TestOwnCatalogue(t *testing.T) {
	c, err := OwnCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	used, files := map[string]bool{}, map[string]string{}
	for _, w := range c.Weights {
		if !permissive[w.Licence] {
			t.Errorf("%s: the licence %q is not known to be permissive", w.Name, w.Licence)
		}
		for _, f := range w.Files {
			used[f.Package] = true
			if other, found := files[f.SHA256]; found {
				t.Errorf("%s and %s are the same file", w.Name, other)
			}
			files[f.SHA256] = w.Name
		}
	}
	for key := range c.Packages {
		if !used[key] {
			t.Errorf("nothing is taken out of package %s", key)
		}
	}
}

func FuzzParseCatalogue(f *testing.F) {
	f.Add([]byte(goodCatalogue))
	for _, bad := range badCatalogues {
		f.Add([]byte(strings.Replace(goodCatalogue, bad.from, bad.to, 1)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCatalogue(data)
		if (err == nil) != (c.Version == CatalogueVersion) || err != nil && !errors.Is(err, ErrCatalogue) {
			t.Errorf("%+v, %v", c, err)
		}
	})
}
