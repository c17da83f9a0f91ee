// The surfaces of the depth cameras, one after the other under a depth test.
//
// with facing.glsl and #define BORDER 1 for cells at the person's border, 0 for inner ones, whose
// mask is full
// in   mask        R8, share of the person among the 3 x 3 depth pixels
// out  layer       normal (x and y of the view's axes, 0.5 is 0), facing, quality;
//                  quality 0 means nothing here, and from solid on (fuse.frag)
//                  this surely is the person

layout(binding = 1) uniform sampler2D mask;

in vec3 normal;
in float facing;
in vec2 depthAt;

layout(location = 0) out vec4 layer;

const float erosion = 0.56; // mask below which a pixel is not the person

void main() {
    float inner = 1.0;
#if BORDER
    float m = texture(mask, depthAt).r;
    if (m < erosion) discard;
    inner = 0.1 + 0.9 * smoothstep(erosion, 1.0, m);
#endif
    float quality = smoothstep(grazed, seen, facing) * clamp(1.4 * facing, 0.3, 1.0) * inner;
    layer = vec4(0.5 + 0.5 * normal.xy, facing, max(quality, 1.5 / 255.0));
}
