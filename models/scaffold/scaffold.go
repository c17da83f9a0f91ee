package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/format"
	"go/token"
	"regexp"
	"strings"
	"text/template"

	"github.com/virtualcube/virtualcube/models"
)

//go:embed */*.tmpl
var templates embed.FS

const module = "github.com/virtualcube/virtualcube"

// taken are folders of models that are no filters, and packages that a filter
// needs by their names.
var taken = regexp.MustCompile(`^(batch|clip|filtertest|host|manifest|models|onnx|parameter|process|scaffold|tensor|train|wasm|weights|capture|context|fmt|main|testing|time)$`)

// Package is the package of a filter: its name in one word. It fails where the
// name cannot be that of a filter.
func Package(name string, k models.Kind) (string, error) {
	d := models.Description{Name: name, Summary: "-", Kind: k, Latency: 1, Late: models.Pass, Failing: models.Pass}
	if err := d.Validate(); err != nil {
		return "", err
	}
	pack := strings.ReplaceAll(name, "-", "")
	if token.IsKeyword(pack) || taken.MatchString(pack) {
		return "", fmt.Errorf("a package cannot be called %s here: choose another name", pack)
	}
	return pack, nil
}

// Files are those of a new filter's folder, by their names.
func Files(name string, k models.Kind) (map[string][]byte, error) {
	pack, err := Package(name, k)
	if err != nil {
		return nil, err
	}
	all, err := template.ParseFS(templates, string(k)+"/*.tmpl")
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	for _, t := range all.Templates() {
		var b bytes.Buffer
		if err := t.Execute(&b, map[string]string{"Name": name, "Package": pack, "Module": module}); err != nil {
			return nil, err
		}
		source, err := format.Source(b.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name(), err)
		}
		files[strings.Replace(strings.TrimSuffix(t.Name(), ".tmpl"), "filter", pack, 1)] = source
	}
	return files, nil
}

var errTable = errors.New("it is not laid out as it was: add the filter by hand")

// Add adds a filter's package to filters.go, the table of filters.
func Add(source []byte, pack string) ([]byte, error) {
	const list = "[]func() (models.Definition, error){"
	text := string(source)
	base, imported := fmt.Sprintf("%q", module+"/models"), fmt.Sprintf("%q", module+"/models/"+pack)
	if strings.Contains(text, imported) {
		return nil, fmt.Errorf("it has %s already", pack)
	}
	if strings.Count(text, list) != 1 || strings.Count(text, base) != 1 {
		return nil, errTable
	}
	if alone := "import " + base; strings.Contains(text, alone) {
		text = strings.Replace(text, alone, "import (\n\t"+base+"\n\t"+imported+"\n)", 1)
	} else {
		text = strings.Replace(text, base, base+"\n\t"+imported, 1)
	}
	begin := strings.Index(text, list) + len(list)
	end := strings.Index(text[begin:], "}")
	if end < 0 {
		return nil, errTable
	}
	entries := strings.TrimRight(text[begin:begin+end], " \t\n")
	if entries != "" && !strings.HasSuffix(entries, ",") {
		entries += ","
	}
	text = text[:begin] + entries + "\n\t\t" + pack + ".Definition,\n\t" + text[begin+end:]
	out, err := format.Source([]byte(text)) // sorts the imports
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errTable, err)
	}
	return out, nil
}
