// Thin functions over libopus, whose controls are variadic.
#pragma once
#include <opus.h>

// vc_opus_open sets an encoder up for speech or music, without pauses in
// transmission. On failure nothing is left to free.
OpusEncoder *vc_opus_open(int channels, int music, int narrow, int bitrate, int complexity, int fec, int loss, int *error);
int vc_opus_set_bitrate(OpusEncoder *e, int bitrate);
int vc_opus_set_loss(OpusEncoder *e, int percent);
int vc_opus_delay(OpusEncoder *e);
