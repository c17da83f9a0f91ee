package weights

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"maps"
	"strings"
	"testing"
)

// archives are archives, and what is taken out of them if "a" and "b/c" are
// wanted, or what is said.
func archives(t testing.TB) []struct {
	name string
	data []byte
	want map[string]string
	says string
} {
	both := map[string]string{"a": "one", "b/c": "two"}
	bomb := func() []byte {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		_, _ = w.Write(make([]byte, 1<<20))
		_ = w.Close()
		return out.Bytes()
	}
	whole := tarball(t, entry{"a", "one"}, entry{"b/c", "two"})
	return []struct {
		name string
		data []byte
		want map[string]string
		says string
	}{
		{"tar.gz", whole, both, ""},
		{"zip", wheel(t, entry{"x", "three"}, entry{"b/c", "two"}, entry{"a", "one"}), both, ""},
		{"tar.gz that lacks one", tarball(t, entry{"a", "one"}), nil, "lacks b/c"},
		{"zip that lacks one", wheel(t, entry{"b/c", "one"}), nil, "lacks a"},
		{"climbing names", tarball(t, entry{"../a", "one"}, entry{"/b/c", "two"}), nil, "lacks"},
		{"two of a name", tarball(t, entry{"a", "one"}, entry{"a", "two"}, entry{"b/c", "two"}), nil, "two of a"},
		{"two of a name in a zip", wheel(t, entry{"a", "one"}, entry{"a", "two"}, entry{"b/c", "two"}), nil, "two of a"},
		{"a link", tarball(t, entry{"a", "-> /etc/passwd"}, entry{"b/c", "two"}), nil, "no regular file"},
		{"cut off", whole[:len(whole)-20], nil, "invalid archive"},
		{"no tar within", bomb(), nil, "lacks"},
		{"neither", []byte("neither of both"), nil, "neither .tar.gz nor .zip"},
		{"empty", nil, nil, "shorter"},
		{"only the beginning of a zip", []byte("PK\x03\x04"), nil, "invalid archive"},
		{"only the beginning of a gzip", []byte("\x1f\x8b\x08\x00"), nil, "invalid archive"},
	}
}

func members(data []byte) (map[string]string, error) {
	got := map[string]string{}
	err := archive{bytes.NewReader(data), int64(len(data))}.members(context.Background(), map[string]bool{"a": true, "b/c": true}, func(name string, content io.Reader) error {
		text, err := io.ReadAll(&limited{r: content, left: 1 << 20})
		got[name] = string(text)
		return err
	})
	return got, err
}

func TestMembers(t *testing.T) {
	for _, test := range archives(t) {
		t.Run(test.name, func(t *testing.T) {
			got, err := members(test.data)
			if test.want != nil && (err != nil || !maps.Equal(got, test.want)) {
				t.Errorf("%v, %v; want %v", got, err, test.want)
			}
			if test.want == nil && (!errors.Is(err, ErrArchive) || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("error %v, want %q", err, test.says)
			}
		})
	}
}

func TestLimited(t *testing.T) {
	if got, err := io.ReadAll(&limited{r: strings.NewReader("four"), left: 5}); string(got) != "four" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := io.ReadAll(&limited{r: strings.NewReader("four"), left: 4}); !errors.Is(err, ErrArchive) {
		t.Errorf("error %v", err)
	}
}

func FuzzMembers(f *testing.F) {
	for _, test := range archives(f) {
		f.Add(test.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := members(data)
		if err == nil && len(got) != 2 {
			t.Errorf("no error, and %v", got)
		}
		for name := range got {
			if name != "a" && name != "b/c" {
				t.Errorf("%q was not wanted", name)
			}
		}
	})
}
