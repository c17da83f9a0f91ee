// Package k4a plays the Matroska recordings of Azure Kinect and Orbbec Femto
// cameras (k4arecorder and compatible tools): address k4a:FILE.mkv.
//
// # What is read
//
// The tracks COLOR (MJPG, NV12, YUY2 or BGRA, as the BITMAPINFOHEADER in its
// CodecPrivate says) and DEPTH (b16g: 16-bit millimetres, big-endian), the
// tags K4A_*, and the attachment calibration.json. IR, IMU and other tracks
// are passed over without being read. Colour and depth are paired by their
// stamps, corrected by K4A_DEPTH_DELAY_NS.
//
// The file is never read whole: an index of its clusters is made on opening,
// and each block is read when its turn comes. The masters that describe the
// recording are unmarshalled by ebml-go after their size was checked.
//
// # Lenses
//
// calibration.json is normalised to the sensor, with (0, 0) at the corner of
// the first pixel; a mode is a scaled crop of it. Package comment of
// calibration.go has the convention and its source.
//
// # A damaged file
//
// A file that ends early plays to its last whole cluster, and Rig.Estimated
// says so. A picture that does not decode is dropped and counted. Foreign
// files, and recordings without depth or calibration, are refused with the
// remedy.
//
// # Cube
//
// A recording says nothing of a cube. It is taken in front of the camera: the
// camera looks along -z, the origin is near the top of the nearest object and
// the volume is the box round it. Compose the recording in a rig file to state
// better.
package k4a
