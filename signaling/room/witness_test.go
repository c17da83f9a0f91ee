package room_test

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtp/codecs"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/voice/opus"
)

// witness notes when flashes and beeps come, and which pictures.
type witness struct {
	mu      sync.Mutex
	voice   *opus.Decoder
	camera  *vpx.Decoder
	silent  int
	dark    int
	heard   int // samples
	onsets  []int
	beeps   []time.Time
	flashes []time.Time
	numbers []int
	bright  byte // of the dark field
}

func (w *witness) take(stream string, payload []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	switch {
	case strings.HasSuffix(stream, "/microphone"):
		samples, err := w.voice.Decode(payload)
		if err != nil {
			return
		}
		first := slices.IndexFunc(samples, func(x float32) bool { return x > 0.2 })
		loud := first >= 0
		if loud && w.silent > 4 {
			w.beeps = append(w.beeps, now)
			w.onsets = append(w.onsets, w.heard+first)
		}
		w.heard += len(samples)
		if w.silent++; loud {
			w.silent = 0
		}
	case strings.HasSuffix(stream, "/camera"):
		var p codecs.VP8Packet
		data, err := p.Unmarshal(payload)
		if err != nil {
			return
		}
		picture, err := w.camera.Decode(data) // each picture is one packet
		if err != nil || picture.Empty() {
			return
		}
		w.look(picture, now)
	}
}

func (w *witness) look(picture capture.Picture, now time.Time) {
	row := func(y int) []byte { return picture.Planes[0][y*picture.Strides[0]:] }
	flash := row(clapHeight / 4)[clapWidth/2] > 150
	if flash && w.dark > 3 {
		w.flashes = append(w.flashes, now)
	}
	if w.dark++; flash {
		w.dark = 0
	} else {
		w.bright = row(clapHeight / 4)[clapWidth/2]
	}
	number := 0
	for bit := range 8 {
		if row(3 * clapHeight / 4)[bit*16+8] > 120 {
			number |= 1 << bit
		}
	}
	w.numbers = append(w.numbers, number)
}

// slips are by how much the beeps are further apart, in what is heard, than they were
// sent, since the last call.
func (w *witness) slips() (list []time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := 1; i < len(w.onsets); i++ {
		list = append(list, time.Duration(w.onsets[i]-w.onsets[i-1])*time.Second/capture.SampleRate-clapPeriod*clapTick)
	}
	if n := len(w.onsets); n > 0 {
		w.onsets = w.onsets[n-1:]
	}
	return list
}

// skews are how much later each flash came than its beep, since the last call, lost
// how many pictures did not come, and again how many came once more.
func (w *witness) skews() (list []time.Duration, lost, again int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.flashes {
		for _, b := range w.beeps {
			if d := f.Sub(b); d.Abs() < clapPeriod*clapTick/2 {
				list = append(list, d)
			}
		}
	}
	for i := 1; i < len(w.numbers); i++ {
		switch step := int(int8(w.numbers[i] - w.numbers[i-1])); {
		case step > 0:
			lost += step - 1
		default:
			again += 1 - step
		}
	}
	if n := len(w.numbers); n > 0 {
		w.numbers = w.numbers[n-1:]
	}
	w.flashes, w.beeps = nil, nil
	return list, lost, again
}
