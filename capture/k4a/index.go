package k4a

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/at-wat/ebml-go"
)

// Limits on a recording, checked before memory is taken.
const (
	maxMaster   = 16 << 20 // bytes of a master that describes the recording
	maxClusters = 4 << 20
	maxElements = 16 << 20 // top-level elements looked at
)

// ErrForeign is wrapped when a file is no Azure Kinect recording.
var ErrForeign = errors.New("not an Azure Kinect recording")

// index is what is known of a file after it was walked once.
type index struct {
	clusters  []element
	tracks    []trackEntry
	tags      []tag
	attached  []attachedFile
	scale     int64 // nanoseconds a tick
	truncated bool
}

// trackEntry and the types below are unmarshalled by ebml-go; their fields
// have the names of the elements.
type trackEntry struct {
	TrackNumber     uint64
	TrackUID        uint64
	TrackType       uint64
	CodecID         string
	CodecPrivate    []byte
	Name            string
	DefaultDuration uint64 // nanoseconds
	Video           struct{ PixelWidth, PixelHeight uint64 }
}

type tag struct {
	Targets struct {
		TargetType       string
		TagTrackUID      []uint64
		TagAttachmentUID []uint64
	}
	SimpleTag []struct{ TagName, TagString string }
}

type attachedFile struct {
	FileName string
	FileUID  uint64
	FileData []byte
}

// walk reads everything but the clusters' contents.
func walk(r io.ReaderAt, size int64) (*index, error) {
	segment, err := begin(r)
	if err != nil {
		return nil, err
	}
	x := &index{scale: 1_000_000} // RFC 9559, 5.1.2.9
	end := size
	if segment.size != unknownSize {
		end = min(end, segment.end())
		x.truncated = segment.end() > size
	}
	seen := make(map[uint64]bool)
	at := segment.body
	for n := 0; at < end; n++ {
		if n == maxElements {
			return nil, fmt.Errorf("more than %d elements", maxElements)
		}
		e, err := head(r, at)
		if err == nil && e.id == idCluster && e.size == unknownSize {
			e.size, err = clusterSize(r, e, end)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || err == nil && (e.size < 0 || e.end() > end) {
			x.truncated = true
			break
		}
		if err != nil {
			return nil, fmt.Errorf("at byte %d: %w", at, err)
		}
		if e.id == idCluster {
			if len(x.clusters) == maxClusters {
				return nil, fmt.Errorf("more than %d clusters", maxClusters)
			}
			x.clusters = append(x.clusters, e)
		} else if !seen[e.id] { // a master is there once; a repeated one is a copy
			seen[e.id] = true
			if err := x.describe(r, e); err != nil {
				return nil, err
			}
		}
		at = e.end()
	}
	return x, nil
}

// begin checks the EBML header and returns the segment.
func begin(r io.ReaderAt) (element, error) {
	e, err := head(r, 0)
	if err != nil || e.id != idEBML {
		return e, fmt.Errorf("%w: it is not Matroska", ErrForeign)
	}
	body, err := e.read(r, 4096)
	if err != nil {
		return e, fmt.Errorf("%w: bad EBML header: %w", ErrForeign, err)
	}
	var header struct{ EBMLDocType string }
	if err := unmarshal(body, &header); err != nil {
		return e, fmt.Errorf("%w: bad EBML header: %w", ErrForeign, err)
	}
	if header.EBMLDocType != "matroska" {
		return e, fmt.Errorf("%w: it is of type %q, not matroska", ErrForeign, header.EBMLDocType)
	}
	segment, err := head(r, e.end())
	if err != nil || segment.id != idSegment {
		return e, fmt.Errorf("%w: no segment follows its header", ErrForeign)
	}
	return segment, nil
}

// clusterSize finds the end of a cluster that does not state it.
func clusterSize(r io.ReaderAt, cluster element, end int64) (int64, error) {
	at := cluster.body
	for at < end {
		e, err := head(r, at)
		if err != nil {
			return 0, err
		}
		if topLevel(e.id) {
			break
		}
		if e.size < 0 || e.end() > end {
			return 0, io.ErrUnexpectedEOF
		}
		at = e.end()
	}
	return at - cluster.body, nil
}

// describe reads a master that describes the recording.
func (x *index) describe(r io.ReaderAt, e element) error {
	var err error
	switch e.id {
	case idInfo:
		var v struct{ TimecodeScale uint64 }
		if err = unmarshalAt(r, e, &v); err == nil && v.TimecodeScale != 0 {
			if v.TimecodeScale > 1e9 {
				return fmt.Errorf("a tick of %d ns", v.TimecodeScale)
			}
			x.scale = int64(v.TimecodeScale)
		}
	case idTracks:
		var v struct{ TrackEntry []trackEntry }
		err = unmarshalAt(r, e, &v)
		x.tracks = v.TrackEntry
	case idTags:
		var v struct{ Tag []tag }
		err = unmarshalAt(r, e, &v)
		x.tags = v.Tag
	case idAttachments:
		var v struct{ AttachedFile []attachedFile }
		err = unmarshalAt(r, e, &v)
		x.attached = v.AttachedFile
	}
	if err != nil {
		return fmt.Errorf("element %X at byte %d: %w", e.id, e.body, err)
	}
	return nil
}

func unmarshalAt(r io.ReaderAt, e element, into any) error {
	body, err := e.read(r, maxMaster)
	if err != nil {
		return err
	}
	return unmarshal(body, into)
}

func unmarshal(body []byte, into any) error {
	return ebml.Unmarshal(bytes.NewReader(body), into, ebml.WithIgnoreUnknown(true), ebml.WithMaxLeafElementSize(uint64(len(body))))
}

// tag returns the value of a tag and what it targets.
func (x *index) tag(name string) (value string, t tag, ok bool) {
	for _, t := range x.tags {
		for _, s := range t.SimpleTag {
			if s.TagName == name {
				return s.TagString, t, true
			}
		}
	}
	return "", tag{}, false
}
