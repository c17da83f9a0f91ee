package main

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// TestFilterWords says that the page has Chinese words for all that the filters of
// this program say of themselves, and for nothing else.
func TestFilterWords(t *testing.T) {
	data, err := os.ReadFile("client/src/ui/filters/chinese.ts")
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, m := range regexp.MustCompile(`(?m)^  (?:"(.+?)"|(\w+)):`).FindAllStringSubmatch(string(data), -1) {
		known = append(known, m[1]+m[2])
	}
	table, err := filters()
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, f := range table {
		said = append(said, f.Name, f.Summary)
		for _, p := range f.Parameters.Parameters() {
			said = append(said, p.Name, p.Help, p.Unit)
			said = append(said, p.Choices...)
		}
	}
	for _, words := range said {
		if words != "" && !slices.Contains(known, words) {
			t.Errorf("chinese.ts has no words for %q", words)
		}
	}
	for _, words := range known {
		if !slices.Contains(said, words) {
			t.Errorf("no filter says %q, which chinese.ts has words for", words)
		}
	}
}
