package k4a

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"math/bits"
	"testing"
)

// recording describes an MKV file for tests; bytes writes it as k4arecorder
// does, with a writer of its own.
type recording struct {
	width, height  int
	format         fourcc
	docType        string
	frames         [][2][]byte // colour and depth payload; nil: that one is missing
	tags           map[string]string
	calibration    []byte
	noDepthTrack   bool
	perCluster     int
	unknownSizes   bool // clusters and segment do not state theirs
	groups         bool // blocks in groups, with a duration
	lateAttachment bool // after the clusters
	depthLag       int64
	lacing         byte
}

// Small pictures make fast tests.
const testW, testH = 320, 180

const frameTicks = 33_333 // microseconds

func id(n uint64) []byte {
	b := binary.BigEndian.AppendUint64(nil, n)
	return b[bits.LeadingZeros64(n)/8:]
}

// el writes an element with an 8-byte size.
func el(n uint64, body ...[]byte) []byte {
	b := bytes.Join(body, nil)
	return append(binary.BigEndian.AppendUint64(id(n), 1<<56|uint64(len(b))), b...)
}

func open64(n uint64) []byte { return binary.BigEndian.AppendUint64(id(n), 1<<56|(1<<56-1)) }

func uintOf(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

func (r recording) track(number uint64, name string, f fourcc, w, h int) []byte {
	private := make([]byte, 40)
	private[0] = 40
	binary.LittleEndian.PutUint32(private[4:], uint32(w))
	binary.LittleEndian.PutUint32(private[8:], uint32(h))
	copy(private[16:], f)
	return el(0xAE, el(0xD7, uintOf(number)), el(0x73C5, uintOf(1000+number)), el(0x83, []byte{1}),
		el(0x86, []byte("V_MS/VFW/FOURCC")), el(0x536E, []byte(name)), el(0x63A2, private),
		el(0x23E383, uintOf(frameTicks*1000)), el(0xE0, el(0xB0, uintOf(uint64(w))), el(0xBA, uintOf(uint64(h)))))
}

func (r recording) bytes() []byte {
	docType := r.docType
	if docType == "" {
		docType = "matroska"
	}
	tracks := r.track(1, "COLOR", r.format, r.width, r.height)
	if !r.noDepthTrack {
		tracks = append(tracks, r.track(2, "DEPTH", b16g, 320, 288)...)
	}
	var tags []byte
	for name, value := range r.tags {
		tags = append(tags, el(0x7373, el(0x63C0), el(0x67C8, el(0x45A3, []byte(name)), el(0x4487, []byte(value))))...)
	}
	attachments := el(idAttachments, el(0x61A7, el(0x466E, []byte("calibration.json")), el(0x46AE, uintOf(7)), el(0x465C, r.calibration)))
	if r.calibration == nil {
		attachments = nil
	}
	body := [][]byte{el(0xEC, make([]byte, 50)), el(idInfo, el(0x2AD7B1, uintOf(1000))), el(idTracks, tracks), el(idTags, tags)}
	if !r.lateAttachment {
		body = append(body, attachments)
	}
	for k := 0; k < len(r.frames); k += max(1, r.perCluster) {
		body = append(body, r.cluster(k, r.frames[k:min(len(r.frames), k+max(1, r.perCluster))]))
	}
	if r.lateAttachment {
		body = append(body, attachments)
	}
	out := el(idEBML, el(0x4282, []byte(docType)))
	if r.unknownSizes {
		return bytes.Join(append([][]byte{out, open64(idSegment)}, body...), nil)
	}
	return append(out, el(idSegment, body...)...)
}

func (r recording) cluster(k int, frames [][2][]byte) []byte {
	base := int64(k) * frameTicks
	parts := [][]byte{el(idTimestamp, uintOf(uint64(base)))}
	for i, f := range frames {
		for t, payload := range f {
			if payload == nil {
				continue
			}
			rel := int64(i)*frameTicks + int64(t)*r.depthLag
			block := append(binary.BigEndian.AppendUint16([]byte{0x81 + byte(t)}, uint16(int16(rel))), r.lacing)
			block = append(block, payload...)
			if r.groups {
				parts = append(parts, el(idBlockGroup, el(idBlock, block), el(0x9B, []byte{1})))
			} else {
				parts = append(parts, el(idSimpleBlock, block))
			}
		}
		// Something of a track that is not played.
		parts = append(parts, el(idBlockGroup, el(idBlock, []byte{0x84, 0, 0, 0, 1, 2, 3})))
	}
	if r.unknownSizes {
		return bytes.Join(append([][]byte{open64(idCluster)}, parts...), nil)
	}
	return el(idCluster, parts...)
}

// depthPayload has a bar at the given distance in the middle.
func depthPayload(mm uint16) []byte {
	b := make([]byte, 320*288*2)
	for y := 50; y < 238; y++ {
		for x := 100; x < 220; x++ {
			binary.BigEndian.PutUint16(b[2*(y*320+x):], mm)
		}
	}
	return b
}

var orange = color.RGBA{220, 120, 40, 255}

func jpegPayload(t testing.TB, w, h int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < len(m.Pix); i += 4 {
		m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = orange.R, orange.G, orange.B, 255
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// camera is one entry of calibration.json.
func camera(location string, w, h int, change map[string]any) map[string]any {
	c := map[string]any{
		"Location": location, "SensorWidth": w, "SensorHeight": h, "MetricRadius": 1.74,
		"Intrinsics": map[string]any{
			"ModelParameterCount": 14, "ModelType": "CALIBRATION_LensDistortionModelBrownConrady",
			"ModelParameters": []float64{0.51, 0.49, 0.49, 0.49, 3.1, 2.3, 0.13, 3.4, 3.3, 0.66, 0, 0, -5e-5, 8e-5},
		},
		"Rt": map[string]any{"Rotation": []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}, "Translation": []float64{0, 0, 0}},
	}
	for k, v := range change {
		c[k] = v
	}
	return c
}

func calibrationOf(t testing.TB, cameras ...any) []byte {
	if cameras == nil {
		cameras = []any{
			camera("CALIBRATION_CameraLocationD0", 1024, 1024, nil),
			camera("CALIBRATION_CameraLocationPV0", 4096, 3072, map[string]any{
				"Intrinsics": map[string]any{
					"ModelType":       "CALIBRATION_LensDistortionModelBrownConrady",
					"ModelParameters": []float64{0.5, 0.51, 0.47, 0.63, 0.7, -2.9, 1.6, 0.6, -2.7, 1.56, 0, 0, -1e-4, 8e-4},
				},
				"Rt": map[string]any{"Rotation": []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}, "Translation": []float64{-0.032, -0.002, 0.004}},
			}),
		}
	}
	data, err := json.Marshal(map[string]any{"CalibrationInformation": map[string]any{"Cameras": cameras, "InertialSensors": []int{1}}})
	if err != nil {
		t.Fatal(err)
	}
	return append(data, 0) // as k4arecorder writes it
}

// plain is a valid recording of n frames.
func plain(t testing.TB, n int) recording {
	r := recording{width: testW, height: testH, format: mjpg, calibration: calibrationOf(t), perCluster: 1, tags: map[string]string{"K4A_DEPTH_DELAY_NS": "0", "K4A_START_OFFSET_NS": "336277000", "K4A_DEPTH_MODE": "NFOV_2X2BINNED"}}
	colour, depth := jpegPayload(t, testW, testH), depthPayload(900)
	for range n {
		r.frames = append(r.frames, [2][]byte{colour, depth})
	}
	return r
}
