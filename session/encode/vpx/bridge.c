#include "bridge.h"
#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>

// Rate control as measured for live views: constant bitrate without dropped
// frames and without look-ahead, one thread, fastest real-time mode.
// set_rates divides a bitrate over the two temporal layers; the figures of
// libvpx are cumulative.
static void set_rates(vpx_codec_enc_cfg_t *cfg, int kbps, int base_percent) {
	cfg->rc_target_bitrate = kbps;
	cfg->ts_target_bitrate[0] = kbps * base_percent / 100;
	cfg->ts_target_bitrate[1] = kbps;
}

vpx_codec_err_t vc_encoder_open(vpx_codec_ctx_t *ctx, vpx_codec_enc_cfg_t *cfg, int width, int height, int kbps, int base_percent) {
	vpx_codec_err_t e = vpx_codec_enc_config_default(vpx_codec_vp8_cx(), cfg, 0);
	if (e != VPX_CODEC_OK) return e;
	cfg->g_w = width;
	cfg->g_h = height;
	cfg->g_threads = 1;
	cfg->g_timebase.num = 1;
	cfg->g_timebase.den = 90000;
	cfg->g_lag_in_frames = 0;
	cfg->g_error_resilient = 0;
	cfg->rc_end_usage = VPX_CBR;
	cfg->ts_number_layers = 2;
	cfg->ts_periodicity = 2;
	cfg->ts_layer_id[0] = 0;
	cfg->ts_layer_id[1] = 1;
	cfg->ts_rate_decimator[0] = 2;
	cfg->ts_rate_decimator[1] = 1;
	set_rates(cfg, kbps, base_percent);
	cfg->rc_dropframe_thresh = 0;
	cfg->rc_resize_allowed = 0;
	cfg->rc_min_quantizer = 2;
	cfg->rc_max_quantizer = 63;
	cfg->rc_undershoot_pct = 100;
	cfg->rc_overshoot_pct = 15;
	cfg->rc_buf_initial_sz = 500;
	cfg->rc_buf_optimal_sz = 600;
	cfg->rc_buf_sz = 1000;
	cfg->kf_mode = VPX_KF_DISABLED; // only when asked for: the rung counts them
	e = vpx_codec_enc_init(ctx, vpx_codec_vp8_cx(), cfg, 0);
	if (e != VPX_CODEC_OK) return e;
	const struct { int id, value; } controls[] = {
		{VP8E_SET_CPUUSED, -8},
		{VP8E_SET_STATIC_THRESHOLD, 1},
		{VP8E_SET_TOKEN_PARTITIONS, VP8_ONE_TOKENPARTITION},
		{VP8E_SET_NOISE_SENSITIVITY, 0},
		{VP8E_SET_MAX_INTRA_BITRATE_PCT, 300},
	};
	for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
		e = vpx_codec_control_(ctx, controls[i].id, controls[i].value);
		if (e != VPX_CODEC_OK) {
			vpx_codec_destroy(ctx);
			return e;
		}
	}
	return VPX_CODEC_OK;
}

vpx_codec_err_t vc_encode(vpx_codec_ctx_t *ctx, int width, int height, const uint8_t *y, const uint8_t *u, const uint8_t *v,
	int ys, int us, int vs, int64_t pts, unsigned long duration, int key, int layer, vc_packet *out) {
	vpx_image_t img;
	memset(&img, 0, sizeof img);
	img.fmt = VPX_IMG_FMT_I420;
	img.cs = VPX_CS_BT_601;
	img.range = VPX_CR_STUDIO_RANGE;
	img.w = img.d_w = width;
	img.h = img.d_h = height;
	img.bit_depth = 8;
	img.x_chroma_shift = img.y_chroma_shift = 1;
	img.bps = 12;
	img.planes[VPX_PLANE_Y] = (uint8_t *)y;
	img.planes[VPX_PLANE_U] = (uint8_t *)u;
	img.planes[VPX_PLANE_V] = (uint8_t *)v;
	img.stride[VPX_PLANE_Y] = ys;
	img.stride[VPX_PLANE_U] = us;
	img.stride[VPX_PLANE_V] = vs;
	memset(out, 0, sizeof *out);
	// All pictures are predicted from the last one of the base layer alone, and
	// those of the upper layer leave no trace: neither a reference nor entropy
	// statistics. So any of them can be left out.
	vpx_enc_frame_flags_t flags = VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF;
	if (key)
		flags = VPX_EFLAG_FORCE_KF;
	else if (layer > 0)
		flags |= VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_ENTROPY;
	vpx_codec_err_t e = vpx_codec_control(ctx, VP8E_SET_TEMPORAL_LAYER_ID, layer);
	if (e != VPX_CODEC_OK) return e;
	e = vpx_codec_encode(ctx, &img, pts, duration, flags, VPX_DL_REALTIME);
	if (e != VPX_CODEC_OK) return e;
	vpx_codec_iter_t it = NULL;
	const vpx_codec_cx_pkt_t *p;
	while ((p = vpx_codec_get_cx_data(ctx, &it))) {
		if (p->kind != VPX_CODEC_CX_FRAME_PKT) continue;
		out->data = p->data.frame.buf;
		out->size = p->data.frame.sz;
		out->key = (p->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
	}
	return VPX_CODEC_OK;
}

vpx_codec_err_t vc_set_bitrate(vpx_codec_ctx_t *ctx, vpx_codec_enc_cfg_t *cfg, int kbps, int base_percent) {
	set_rates(cfg, kbps, base_percent);
	return vpx_codec_enc_config_set(ctx, cfg);
}

vpx_codec_err_t vc_decoder_open(vpx_codec_ctx_t *ctx) {
	vpx_codec_dec_cfg_t cfg = {.threads = 1};
	return vpx_codec_dec_init(ctx, vpx_codec_vp8_dx(), &cfg, 0);
}

vpx_codec_err_t vc_decode(vpx_codec_ctx_t *ctx, const uint8_t *data, unsigned size, vc_picture *out) {
	memset(out, 0, sizeof *out);
	vpx_codec_err_t e = vpx_codec_decode(ctx, data, size, NULL, 0);
	if (e != VPX_CODEC_OK) return e;
	vpx_codec_iter_t it = NULL;
	vpx_image_t *img = vpx_codec_get_frame(ctx, &it);
	if (!img) return VPX_CODEC_OK;
	for (int i = 0; i < 3; i++) {
		out->planes[i] = img->planes[i];
		out->strides[i] = img->stride[i];
	}
	out->width = img->d_w;
	out->height = img->d_h;
	return VPX_CODEC_OK;
}
