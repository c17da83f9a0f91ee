package weights

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// What a store says; every error wraps one of these where it applies.
var (
	ErrUnknown  = errors.New("no such weights")
	ErrPlatform = errors.New("weights are not for this machine")
	ErrMissing  = errors.New("weights are not here")
	ErrDamaged  = errors.New("weights are damaged")
)

// State says whether weights can be used.
type State string

// The states.
const (
	Here        State = "here"
	Missing     State = "missing"
	Damaged     State = "damaged"
	Unavailable State = "unavailable" // not for this platform
)

// Folder is where weights are unless somebody says otherwise: $VIRTUALCUBE_MODELS
// or virtualcube/models in the user's cache folder.
func Folder() (string, error) {
	if folder := os.Getenv("VIRTUALCUBE_MODELS"); folder != "" {
		return folder, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the folder of weights: %w; name one in VIRTUALCUBE_MODELS", err)
	}
	return filepath.Join(cache, "virtualcube", "models"), nil
}

// Store is a folder of weights, as NAME/FILE. Several processes may use one at a
// time. Its methods may be called by several goroutines.
type Store struct {
	folder    string
	catalogue Catalogue
}

// Open returns the store in a folder, which need not exist; "" is Folder().
func Open(folder string) (*Store, error) {
	own, err := OwnCatalogue()
	if err != nil {
		return nil, err
	}
	if folder == "" {
		if folder, err = Folder(); err != nil {
			return nil, err
		}
	}
	return New(folder, own), nil
}

// New returns the store of another catalogue.
func New(folder string, c Catalogue) *Store { return &Store{folder: folder, catalogue: c} }

// Catalogue is what the store can have.
func (s *Store) Catalogue() Catalogue { return s.catalogue }

// Folder is where the weights lie.
func (s *Store) Folder() string { return s.folder }

// Path returns the path of weights that are here and undamaged, or an error that
// says how they can be had. It is what models.Environment.Weights calls.
func (s *Store) Path(name string) (string, error) {
	w, err := s.catalogue.Find(name)
	if err != nil {
		return "", err
	}
	f, err := w.File()
	if err != nil {
		return "", err
	}
	path := s.path(w, f)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w: %s in %s; run `virtualcube models pull %s`", ErrMissing, name, s.folder, name)
	}
	if err != nil {
		return "", fmt.Errorf("find weights %s: %w", name, err)
	}
	if readMemo(path) == memoOf(info, f) {
		return path, nil
	}
	if err := s.check(context.Background(), name, path, f); err != nil {
		return "", err
	}
	return path, nil
}

// State says whether weights can be used, as Path finds it.
func (s *Store) State(name string) (State, error) {
	_, err := s.Path(name)
	return stateOf(err), err
}

// Verify hashes weights that are here, whatever is known of them.
func (s *Store) Verify(ctx context.Context, name string) (State, error) {
	w, err := s.catalogue.Find(name)
	if err != nil {
		return stateOf(err), err
	}
	f, err := w.File()
	if err != nil {
		return stateOf(err), err
	}
	path := s.path(w, f)
	if _, err := os.Stat(path); err != nil {
		return s.State(name)
	}
	err = s.check(ctx, name, path, f)
	return stateOf(err), err
}

func stateOf(err error) State {
	switch {
	case err == nil:
		return Here
	case errors.Is(err, ErrPlatform):
		return Unavailable
	case errors.Is(err, ErrMissing), errors.Is(err, ErrUnknown):
		return Missing
	default:
		return Damaged
	}
}

func (s *Store) path(w Weights, f File) string { return filepath.Join(s.folder, w.Name, f.Name) }

// check hashes a file and remembers that it is good.
func (s *Store) check(ctx context.Context, name, path string, f File) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("verify weights %s: %w", name, err)
	}
	defer file.Close()
	before, err := file.Stat()
	if err != nil {
		return fmt.Errorf("verify weights %s: %w", name, err)
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, reader{ctx, file}); err != nil {
		return fmt.Errorf("verify weights %s: %w", name, err)
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); sum != f.SHA256 {
		_ = os.Remove(memoPath(path)) // what is not known is hashed anew
		return fmt.Errorf("%w: the SHA-256 of %s is %s, not %s; run `virtualcube models pull %s`", ErrDamaged, path, sum, f.SHA256, name)
	}
	return writeMemo(path, memoOf(before, f))
}

// memo is what a good file looked like when it was hashed.
type memo struct {
	SHA256   string `json:"sha256"`
	Size     int64  `json:"size"`
	Modified int64  `json:"modified_ns"` // since 1970
}

func memoOf(info fs.FileInfo, f File) memo {
	return memo{SHA256: f.SHA256, Size: info.Size(), Modified: info.ModTime().UnixNano()}
}

func memoPath(path string) string { return path + ".verified" }

// readMemo returns the zero memo, which no file has, where there is none.
func readMemo(path string) (m memo) {
	data, err := os.ReadFile(memoPath(path))
	if err != nil || json.Unmarshal(data, &m) != nil {
		return memo{}
	}
	return m
}

// writeMemo writes in one step. A store that cannot be written to is no error:
// its files are hashed each time.
func writeMemo(path string, m memo) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".memo-*")
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), memoPath(path))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return nil
}

// reader ends with a context.
type reader struct {
	ctx context.Context //nolint:containedctx // it lives as long as one call
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// megabytes is a size for people.
func megabytes(n int64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1e6), ".0") + " MB"
}
