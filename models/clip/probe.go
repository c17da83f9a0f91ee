package clip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// probed is what ffprobe says of a file.
type probed struct {
	Streams []probedStream `json:"streams"`
	Format  struct {
		Name     string `json:"format_name"`
		Duration string `json:"duration"`
		Start    string `json:"start_time"`
	} `json:"format"`
}

type probedStream struct {
	Index       int    `json:"index"`
	Kind        string `json:"codec_type"`
	Codec       string `json:"codec_name"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	Aspect      string `json:"sample_aspect_ratio"`
	Average     string `json:"avg_frame_rate"`
	Frames      string `json:"nb_frames"`
	SampleRate  string `json:"sample_rate"`
	Channels    int    `json:"channels"`
	Disposition struct {
		Picture int `json:"attached_pic"`
	} `json:"disposition"`
	SideData []struct {
		Rotation float64 `json:"rotation"`
	} `json:"side_data_list"`

	origin time.Duration
}

// origin is the instant in the file that is the clip's beginning. Files have a
// time line that begins at 0, whatever their first packet says (that of Opus is
// stamped before it); streams that were recorded begin anywhere.
func (p probed) origin(format string) time.Duration {
	seconds, err := strconv.ParseFloat(p.Format.Start, 64)
	if format == "matroska" || format == "mov" || err != nil || !(seconds > 0 && seconds < maxLength.Seconds()) {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}

// probePatience is how long ffprobe may take.
const probePatience = time.Minute

// probe asks ffprobe. The streams are the first sound and the first pictures, nil
// where there are none.
func probe(ctx context.Context, path string) (info Info, sound, pictures *probedStream, err error) {
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	c, err := newChild(ctx, "ffprobe", path, "-show_streams", "-show_format", "-of", "json", "file:"+path)
	if err != nil {
		return info, nil, nil, err
	}
	text, err := c.Output()
	c.stop()
	if err != nil {
		if said := c.said.String(); said != "" {
			return info, nil, nil, fmt.Errorf("ffprobe: %s", said)
		}
		return info, nil, nil, fmt.Errorf("ffprobe: %w", err)
	}
	var p probed
	if err := json.Unmarshal(text, &p); err != nil {
		return info, nil, nil, fmt.Errorf("ffprobe: %w", err)
	}
	for i, s := range p.Streams {
		switch {
		case s.Kind == "audio" && sound == nil && s.Channels > 0:
			sound = &p.Streams[i]
		case s.Kind == "video" && pictures == nil && s.Disposition.Picture == 0:
			pictures = &p.Streams[i]
		}
	}
	if sound == nil && pictures == nil {
		return info, nil, nil, errors.New("it has neither sound nor pictures")
	}
	info.Format, _, _ = strings.Cut(p.Format.Name, ",")
	origin := p.origin(info.Format)
	if seconds, err := strconv.ParseFloat(p.Format.Duration, 64); err == nil && seconds > 0 && seconds < maxLength.Seconds() {
		info.Length = time.Duration(seconds * float64(time.Second))
	}
	if sound != nil {
		sound.origin = origin
		rate, _ := strconv.Atoi(sound.SampleRate) // 0: it does not say
		info.Sound = &SoundInfo{Codec: sound.Codec, Rate: rate, Channels: sound.Channels}
		info.Notes = append(info.Notes, soundNotes(*info.Sound)...)
	}
	if pictures != nil {
		pictures.origin = origin
		err = pictures.describe(&info)
	}
	return info, sound, pictures, err
}

// describe says how the pictures will be read: upright, and of an even size.
func (s probedStream) describe(info *Info) error {
	w, h := s.Width, s.Height
	aspect := strings.Replace(s.Aspect, ":", "/", 1)
	for _, d := range s.SideData {
		if math.Mod(math.Abs(d.Rotation), 180) == 90 {
			w, h = h, w
			if a, b, ok := strings.Cut(aspect, "/"); ok {
				aspect = b + "/" + a
			}
		}
	}
	if w < 2 || h < 2 || w > MaxSide || h > MaxSide || w*h > MaxPixels {
		return fmt.Errorf("pictures of %dx%d: 2 to %d pixels a side and %d in all are possible", w, h, MaxSide, MaxPixels)
	}
	if w%2+h%2 > 0 {
		info.Notes = append(info.Notes, fmt.Sprintf("pictures of %dx%d lost their last column or row: sizes are even", w, h))
	}
	frames, _ := strconv.Atoi(s.Frames) // "N/A" where it is not known
	info.Pictures = &PictureInfo{Codec: s.Codec, Width: w &^ 1, Height: h &^ 1, Rate: fraction(s.Average), Frames: frames}
	if a := fraction(aspect); a > 0 && a != 1 {
		info.Pictures.Aspect = strings.Replace(aspect, "/", ":", 1)
	}
	return nil
}

// fraction reads "30000/1001"; it is 0 where that is no positive number.
func fraction(text string) float64 {
	over, under, _ := strings.Cut(text, "/")
	a, err := strconv.ParseFloat(over, 64)
	b, err2 := strconv.ParseFloat(under, 64)
	if err != nil || err2 != nil || !(a > 0 && b > 0) || a/b > maxRate {
		return 0
	}
	return a / b
}
