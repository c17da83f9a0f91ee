package process

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"golang.org/x/sys/unix"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// Filters are those that a filter process can open.
type Filters struct {
	Table models.Table
	// Manifest reads the definition of a filter that is in no table from the path
	// that Launcher.Manifests names; nil: no filter has one.
	Manifest func(path string) (models.Definition, error)
}

// find finds a filter by what the opening says of it.
func (f Filters) find(o opening) (models.Definition, error) {
	if o.Manifest == "" {
		return f.Table.Find(o.Filter)
	}
	if f.Manifest == nil {
		return models.Definition{}, fmt.Errorf("filter %s has the manifest %s, and this program reads none", o.Filter, o.Manifest)
	}
	d, err := f.Manifest(o.Manifest)
	if err == nil && d.Name != o.Filter {
		err = fmt.Errorf("manifest %s defines %s instead of %s", o.Manifest, d.Name, o.Filter)
	}
	return d, err
}

// Serve is all that a filter process does: it opens the filter that the parent
// names on socket, works on frames one by one, and returns when the parent closes
// the connection, or when the context ends. It takes socket over; stderr takes the
// filter's log. It belongs into a process of its own, whose limits it sets.
func Serve(ctx context.Context, filters Filters, socket *os.File, stderr io.Writer) error {
	fd := int(socket.Fd())
	unix.CloseOnExec(fd)
	defer socket.Close()
	defer context.AfterFunc(ctx, func() { _ = unix.Shutdown(fd, unix.SHUT_RDWR) })()
	s := &server{fd: fd, shared: newShared()}
	defer s.shared.close()
	m, r, err := s.receive()
	if err != nil {
		return err
	}
	var o opening
	if err := json.Unmarshal(r.data, &o); m != open || err != nil || o.Version != version {
		return fmt.Errorf("open a filter: message %d of version %d, want %d of version %d: %w", m, o.Version, open, version, err)
	}
	limited, err := limit(o.Memory, stderr)
	if err != nil {
		return err
	}
	defer limited()
	log := slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: o.Level}))
	if err := s.open(ctx, filters, o, log); err != nil {
		return s.send(s.out.begin(refused).text(err.Error()[:min(len(err.Error()), maxText)]))
	}
	err = s.send(s.out.begin(ready))
	if err == nil {
		err = s.run()
	}
	return errors.Join(err, s.filter.Close())
}

// server is the child's end. One goroutine uses it.
type server struct {
	fd         int // read without the poller: it waits for nothing else, and wakes sooner
	shared     *shared
	definition models.Definition
	values     models.Values
	filter     filter
	log        *slog.Logger

	newest, emitted, closed capture.Time // that came

	out writer
	in  [maxMessage]byte
}

// filter is an open filter of any kind.
type filter interface {
	// process works on a request and writes its answer.
	process(s *server, r *reader) error
	Close() error
}

func (s *server) open(ctx context.Context, filters Filters, o opening, log *slog.Logger) error {
	d, err := filters.find(o)
	if err != nil {
		return err
	}
	if d.Kind != o.Kind {
		return fmt.Errorf("%s filters %s, not %s", d.Name, d.Kind, o.Kind)
	}
	s.definition, s.log = d, log
	if s.values, err = d.Parameters.Decode(o.Parameters); err != nil {
		return err
	}
	e := models.Environment{Provider: o.Provider, Log: log, Observe: s.observe, Weights: func(name string) (string, error) {
		file, there := o.Weights[name]
		switch {
		case !there:
			return "", fmt.Errorf("weights %s are not among those that %s declares: %v", name, d.Name, d.Weights)
		case file.Error != "":
			return "", errors.New(file.Error)
		}
		return file.Path, nil
	}}
	if o.Rig != nil {
		e.Rig = *o.Rig
	}
	switch d.Kind {
	case models.KindAudio:
		stage, err := d.OpenAudio(ctx, e, s.values)
		s.filter = soundFilter{stage}
		return err
	case models.KindVideo:
		stage, err := d.OpenVideo(ctx, e, s.values)
		s.filter = pictureFilter{stage}
		return err
	}
	stage, err := d.OpenRGBD(ctx, e, s.values)
	s.filter = setFilter{stage}
	return err
}

// run works on messages until the connection ends.
func (s *server) run() error {
	for {
		m, r, err := s.receive()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch m {
		case values:
			s.values, err = s.definition.Parameters.Decode(r.data)
		case process:
			err = s.filter.process(s, r)
		default:
			err = fmt.Errorf("%w: type %d", errGarbage, m)
		}
		if err != nil {
			return err
		}
	}
}

// receive returns the next message, which is valid until the one after. Slots
// come and go by the way.
func (s *server) receive() (message, *reader, error) {
	rights := make([]byte, unix.CmsgSpace(4))
	for {
		n, m, _, _, err := unix.Recvmsg(s.fd, s.in[:], rights, unix.MSG_CMSG_CLOEXEC)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return 0, nil, fmt.Errorf("receive: %w", err)
		}
		if n == 0 {
			return 0, nil, io.EOF
		}
		r := &reader{data: s.in[1:n]}
		switch kind := message(s.in[0]); kind {
		case slot:
			err = s.shared.add(r.u16(), int(r.u64()), rights[:m])
		case drop:
			err = s.shared.drop(r.u16())
		default:
			return kind, r, nil
		}
		if err = errors.Join(err, r.end()); err != nil {
			return 0, nil, err
		}
	}
}

func (s *server) send(w *writer) error {
	for {
		_, err := unix.Write(s.fd, w.data)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, unix.EINTR):
			return fmt.Errorf("send: %w", err)
		}
	}
}

// observe tells the parent; where that fails, so does the answer.
func (s *server) observe(o models.Observation) {
	text, err := json.Marshal(o)
	if err != nil {
		s.log.Warn("an observation cannot be handed on", "error", err)
		return
	}
	var w writer
	_ = s.send(w.begin(observed).text(string(bytes.TrimSpace(text))))
}

// begin begins an answer.
func (s *server) begin(number uint64, how outcome) *writer {
	return s.out.begin(result).u64(number).numbers(s.shared.released()).u8(int(how))
}

// fail answers with an error.
func (s *server) fail(number uint64, err error) error {
	text := err.Error()
	return s.send(s.begin(number, failed).text(text[:min(len(text), maxText)]))
}
