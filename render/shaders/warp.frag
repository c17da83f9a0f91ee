// One camera's layer of the view.
//
// with #define BORDER 1 for cells at the person's border, 0 for inner ones, whose
// mask is full
// in   mask        R8, share of the person among the 3 x 3 depth pixels
// in   luma, chroma  NV12 of the colour camera
// in   occluder    depth from the colour camera, 1 - nearest / z
// in   range       luma scale, luma offset, chroma scale to limited range
// out  layer       Y, Cb, Cr, quality; 0 means nothing here, and from solid on
//                  (blend.frag) this surely is the person

layout(binding = 1) uniform sampler2D mask;
layout(binding = 2) uniform sampler2D luma;
layout(binding = 3) uniform sampler2D chroma;
layout(binding = 4) uniform sampler2D occluder;

uniform vec3 range;
uniform float hides;    // metres behind the occluder that count as hidden; 0: no test

in float facing;
in vec2 depthAt;
in vec2 colourAt;
in float colourZ;

layout(location = 0) out vec4 layer;

const float nearest = 0.15; // metres, as in occlude.vert
const float erosion = 0.56; // mask below which a pixel is not the person
const float grazed = 0.08;  // facing of a surface that hangs between others
const float seen = 0.25;    // facing from which it is one
const float feather = 0.03; // of the picture: weight fades towards its border

void main() {
    vec2 border = min(colourAt, 1.0 - colourAt);
    float edge = min(border.x, border.y);
    float inner = 1.0;
    bool dropped = edge <= 0.0;
#if BORDER
    float m = texture(mask, depthAt).r;
    dropped = dropped || m < erosion;
    inner = 0.1 + 0.9 * smoothstep(erosion, 1.0, m);
#endif

    if (hides > 0.0) {
        float front = nearest / max(1.0 - texture(occluder, colourAt).r, 1e-4);
        dropped = dropped || colourZ > front + hides;
    }
    if (dropped) discard;
    float quality = smoothstep(grazed, seen, facing) * clamp(1.4 * facing, 0.3, 1.0) * inner * smoothstep(0.0, feather, edge);

    float y = texture(luma, colourAt).r * range.x + range.y;
    vec2 c = (texture(chroma, colourAt).rg - 128.0 / 255.0) * range.z + 128.0 / 255.0;
    layer = vec4(y, c, max(quality, 1.5 / 255.0));
}
