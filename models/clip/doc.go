// Package clip reads and writes recordings as the streams that filters work on:
// sound, pictures and frame sets, each with the instant at which it was captured.
//
// # What can be read
//
//	NAME.wav           PCM and floats of any rate (package wave)
//	a folder           PNG pictures in the order of their names
//	any other file     MP4, MKV, WebM, MOV, OGG, FLAC ... through ffmpeg
//	a recording        frame sets of a rig (OfRecording)
//
// Sound becomes mono at 48 kHz; pictures become I420 in limited range and of an
// even size, an alpha channel becomes the matte. Info.Notes says what of this
// was needed. Nothing is dropped, and variable rates stay so: instants are those
// that the file states, after Start; the k-th picture of a folder has that of
// its stamps.json, or comes at a rate.
//
// # What can be written
//
//	NAME.wav           24-bit PCM, mono at 48 kHz
//	NAME.mp4, .mov     H.264 and AAC
//	NAME.mkv           H.264 and FLAC
//	NAME.webm          VP9 and Vorbis
//	a folder           PNG pictures with the matte as alpha, and stamps.json; of a
//	                   rig what the address folder:DIR reads
//
// A clip is written as NAME.partial.EXT and gets its name when it is complete:
// what was stopped can be played, and says by its name that it is not all.
//
// # ffmpeg
//
// ffmpeg and ffprobe, 5.1 or newer, run as child processes; they are needed for
// nothing else than the formats that name them above. They may open the one file
// that they are given and nothing else. What they complain about becomes the
// error, or a note where they went on.
package clip
