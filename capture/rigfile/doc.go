// Package rigfile composes any sources into one rig: address rig:FILE.yaml.
//
//	version: 1
//	name: studio A
//	rate: 30                          # hertz; the fastest source's if absent
//	together: true                    # recordings begin at one instant
//	cube:                             # rig to cube; the rig's frame is the cube if absent
//	  position: [0, -1.2, 0.6]        # metres
//	  rotation: [1, 0, 0, 0]          # w, x, y, z, or three rows of three
//	volume: {min: [-0.6, -1.25, -0.6], max: [0.6, 0.35, 0.6]}
//	cameras:
//	  - name: left
//	    source: k4a:left.mkv          # files are relative to this one
//	    camera: 0                     # index or name in the source; 0 if absent
//	    position: [-0.8, 0.3, 0.9]    # camera to rig, OpenCV axes (x right, y down, z forward)
//	    rotation: [[1, 0, 0], [0, -1, 0], [0, 0, -1]]
//	    of: colour                    # whose pose this is, colour or depth
//	    offset: 0.004                 # seconds this recording began after the others
//
// In place of position and rotation a pose may be given as matrix, 4 x 4. A
// camera without a pose has the one that its source says. Unknown keys,
// anchors and aliases are refused; a version that is not known too.
//
// # Time
//
// Recordings that began together are played together: the first frames of all
// sources get one instant, and frames of sources that were quicker to begin
// are held back by the difference. Each source then keeps its own pace, and
// loops by itself if its address says so: recordings of different length
// drift apart when they loop. With together: false stamps are left alone.
//
// The frames that are held wait in a queue of 16 a camera; when it is full
// the oldest is dropped and counted as overrun.
//
// Of the sources that capture sound, the first one's is the rig's. It is held
// back with the frames beside it, up to five seconds; more is dropped, and the
// log says so at the end.
//
// A source that fails is logged and left out; the rig ends with an error when
// all of them have.
package rigfile
