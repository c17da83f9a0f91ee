// Weighs the colour cameras at the surface: unstructured-lumigraph weights
// (Buehler et al., 2001) by facing, angle and visibility.
//
// with lens.glsl and #define COUNT, the number of colour cameras
// in   surface    normal (view axes, 0.5 is 0), matte
// in   distance   metres along the view's axis
// in   shadows    R16, the person's depth in each colour camera, 1/8 mm; 1: none
// in   toColour*  view camera -> colour camera
// in   cameraAt   colour cameras, metres, view axes
// in   share      0..1, what a camera counts: 0 when it is swapped for another
// in   texel      colour pixels along a texel of the shadow
// out  weights    of the cameras, the largest is 1; 0 where there is nothing

layout(binding = 0) uniform sampler2D surface;
layout(binding = 1) uniform sampler2D distance;
layout(binding = 2) uniform sampler2D shadows[COUNT];

uniform mat3 toColour[COUNT];
uniform vec3 toColourT[COUNT];
uniform Lens colourLens[COUNT];
uniform vec3 cameraAt[COUNT];
uniform float share[COUNT];
uniform float texel[COUNT];
uniform vec2 viewFocal, viewCentre;

layout(location = 0) out vec4 weights;

const float unit = 8.191875; // metres, 65535 / 8000
const float hides = 0.035;   // metres between a point and what the camera sees there
const float grazed = 0.06;   // facing below which a colour is the rim's
const float feather = 0.03;  // of the picture: weight fades towards its border
const float slight = 0.15;   // of the best weight by facing and angle: less is nothing
const float none = 1e-4;     // of a weight: what is left where another surface is seen

// weigh returns what camera i counts at p by facing and angle.
float weigh(int i, vec3 p, vec3 normal, vec3 toEye) {
    vec3 to = normalize(cameraAt[i] - p);
    float facing = max(dot(normal, to), grazed), angle = max(dot(to, toEye), 0.1);
    float square = angle * angle;
    return facing * sqrt(facing) * square * square * angle * share[i];
}

// clear returns how much of the camera's colour at p is that of p's surface:
// little at its edge and none where the camera sees another one.
float clear(int i, vec3 p) {
    vec3 q = toColour[i] * p + toColourT[i];
    vec2 pixel = project(colourLens[i], q.xy / q.z), at = (pixel + 0.5) / colourLens[i].size;
    vec2 border = min(at, 1.0 - at);
    vec4 before = unit * textureGather(shadows[i], (pixel + 0.5) / (texel[i] * vec2(textureSize(shadows[i], 0))));
    float there = 0.25 * dot(vec4(lessThan(abs(before - q.z), vec4(hides))), vec4(1.0));
    return max(there * there * smoothstep(0.0, feather, min(border.x, border.y)), none);
}

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 found = texelFetch(surface, at, 0);
    weights = vec4(0.0);
    // A loop rather than an if: a software rasteriser jumps over a loop that no
    // pixel of a group enters, but computes both sides of an if.
    for (int live = found.a > 0.0 ? 1 : 0; live > 0; live--) {
        vec3 p = vec3((gl_FragCoord.xy - 0.5 - viewCentre) / viewFocal, 1.0) * texelFetch(distance, at, 0).r;
        vec3 normal = normalize(found.rgb - 0.5), toEye = -normalize(p);
        vec4 w = vec4(0.0), sees = vec4(0.0);
        for (int i = 0; i < COUNT; i++) {
            w[i] = weigh(i, p, normal, toEye);
            sees[i] = clear(i, p);
        }
        float best = max(max(w.x, w.y), max(w.z, w.w));
        vec4 most = max(w - slight * best, 0.0) * sees;
        if (max(max(most.x, most.y), max(most.z, most.w)) < 0.02 * best) most = w * sees;
        weights = most / max(max(most.x, most.y), max(most.z, most.w));
    }
}
