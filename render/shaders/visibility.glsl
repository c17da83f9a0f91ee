// What a colour camera counts at a point of the surface: unstructured-lumigraph
// weights (Buehler et al., 2001) by facing and angle, and what it sees there.
//
// with lens.glsl and #define COUNT, the number of colour cameras
// in   shadows    R16, the person's depth in each colour camera, 1/8 mm; 1: none
// in   toColour*  view camera -> colour camera
// in   cameraAt   colour cameras, metres, view axes
// in   share      0..1, what a camera counts: 0 when it is swapped for another
// in   texel      colour pixels along a texel of the shadow

layout(binding = 2) uniform sampler2D shadows[COUNT];

uniform mat3 toColour[COUNT];
uniform vec3 toColourT[COUNT];
uniform Lens colourLens[COUNT];
uniform vec3 cameraAt[COUNT];
uniform float share[COUNT];
uniform float texel[COUNT];

const float unit = 8.191875; // metres, 65535 / 8000
const float hides = 0.035;   // metres between a point and what the camera sees there
const float grazedBy = 0.06; // facing below which a colour is the rim's
const float feather = 0.03;  // of the picture: weight fades towards its border
const float slight = 0.15;   // of the best weight by facing and angle: less is nothing
const float none = 1e-4;     // of a weight: what is left where another surface is seen

// weigh returns what camera i counts at p by facing and angle.
float weigh(int i, vec3 p, vec3 normal, vec3 toEye) {
    vec3 to = normalize(cameraAt[i] - p);
    float facing = max(dot(normal, to), grazedBy), angle = max(dot(to, toEye), 0.1);
    float square = angle * angle;
    return facing * sqrt(facing) * square * square * angle * share[i];
}

// behind returns how far four points of the surface that camera i sees at a
// pixel lie behind one in depth z, in metres.
vec4 behind(int i, vec2 pixel, float z) {
    return unit * textureGather(shadows[i], (pixel + 0.5) / (texel[i] * vec2(textureSize(shadows[i], 0)))) - z;
}

// shows returns how many of the four are the point's surface, as a share.
float shows(vec4 off) { return 0.25 * dot(vec4(lessThan(abs(off), vec4(hides))), vec4(1.0)); }

// clear returns how much of the camera's colour at a pixel is that of the
// surface, which it shows by a share: little at its edge and none where the
// camera sees another one.
float clear(int i, vec2 pixel, float there) {
    vec2 at = (pixel + 0.5) / colourLens[i].size, border = min(at, 1.0 - at);
    return max(there * there * smoothstep(0.0, feather, min(border.x, border.y)), none);
}

// together joins the weights by facing and angle with what is clear.
vec4 together(vec4 w, vec4 sees) {
    float best = max(max(w.x, w.y), max(w.z, w.w));
    vec4 most = max(w - slight * best, 0.0) * sees;
    return max(max(most.x, most.y), max(most.z, most.w)) < 0.02 * best ? w * sees : most;
}
