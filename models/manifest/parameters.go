package manifest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/parameter"
)

// checkParameters checks that each does something, which its type allows.
func (m *Manifest) checkParameters() error {
	if _, err := m.schema(); err != nil {
		return err
	}
	used := map[string]bool{}
	for _, in := range m.Inputs {
		if in.From != fed {
			continue
		}
		i := slices.IndexFunc(m.Parameters, func(p Parameter) bool { return p.Name == in.Parameter })
		if i < 0 {
			return fmt.Errorf("input %s: there is no parameter %q", in.Name, in.Parameter)
		}
		if m.Parameters[i].Type == parameter.Text {
			return fmt.Errorf("input %s: the parameter %s is a text, which is no number", in.Name, in.Parameter)
		}
		used[in.Parameter] = true
	}
	uses := map[Kind][]string{ImageToImage: {mix}, AudioToAudio: {mix}, ImageToMask: {show, threshold}, Classifier: {threshold}}[m.Kind]
	for _, p := range m.Parameters {
		if p.Use == "" && !used[p.Name] {
			return fmt.Errorf("parameter %s does nothing: no input is from it, and it has no use", p.Name)
		}
		if p.Use == "" {
			continue
		}
		if err := oneOf("parameter "+p.Name+": use for "+string(m.Kind), p.Use, uses...); err != nil {
			return err
		}
		if m.Parameters[slices.IndexFunc(m.Parameters, func(o Parameter) bool { return o.Use == p.Use })].Name != p.Name {
			return fmt.Errorf("parameter %s: there are two of use %s", p.Name, p.Use)
		}
		if err := p.checkUse(); err != nil {
			return fmt.Errorf("parameter %s: use %s: %w", p.Name, p.Use, err)
		}
	}
	return nil
}

func (p *Parameter) checkUse() error {
	switch {
	case p.Use == show && p.Type != parameter.Choice:
		return errors.New("the type choice is needed")
	case p.Use != show && (p.Type != parameter.Number || p.Min < 0 || p.Max > 1):
		return errors.New("the type number is needed, from 0 to 1")
	}
	for _, c := range p.Choices {
		if err := oneOf("choices", c, showKeep, showMask, showRemove); err != nil {
			return err
		}
	}
	return nil
}

func (m *Manifest) schema() (parameter.Schema, error) {
	list := make([]parameter.Parameter, len(m.Parameters))
	for i, p := range m.Parameters {
		list[i] = p.Parameter
	}
	return parameter.New(list)
}

// use is the name of the parameter of a use; "" where there is none.
func (m *Manifest) use(what string) string {
	if i := slices.IndexFunc(m.Parameters, func(p Parameter) bool { return p.Use == what }); i >= 0 {
		return m.Parameters[i].Name
	}
	return ""
}

// ratio is the value of the parameter of a use, or another where there is none.
func ratio(v models.Values, name string, otherwise float64) float32 {
	if x, is := v.Get(name).(float64); is {
		return float32(x)
	}
	return float32(otherwise)
}

// figure is the number that an input gets of a parameter.
func (p *Parameter) figure(v models.Values) float32 {
	switch x := v.Get(p.Name).(type) {
	case float64:
		return float32(x)
	case int:
		return float32(x)
	case bool:
		if x {
			return 1
		}
	case string:
		return float32(slices.Index(p.Choices, x))
	}
	return 0
}
