// Refines the surface that the meshes left: the depth cameras are looked up at
// it, a pixel at a time, which the mesh's cells are too coarse for, and one
// camera too noisy.
//
// with facing.glsl, lens.glsl and #define COUNT, the number of depth cameras
// in   layer      normal (x and y of the view's axes, 0.5 is 0), facing, quality
// in   depth      1 - nearest / z, set back
// in   surfaces   R16, the person's depth in each camera, 1/8 mm; 0: none
// in   toDepth*   view camera -> depth camera
// in   share      0..1, what a camera counts: 0 when it is swapped for another
// out  surface    normal towards the eye (view axes, 0.5 is 0), matte
// out  distance   metres along the view's axis, 0 where there is nothing

layout(binding = 0) uniform sampler2D layer;
layout(binding = 1) uniform sampler2D depth;
layout(binding = 2) uniform sampler2D surfaces[COUNT];

uniform mat3 toDepth[COUNT];
uniform vec3 toDepthT[COUNT];
uniform Lens depthLens[COUNT];
uniform float share[COUNT];
uniform vec2 viewFocal, viewCentre;

layout(location = 0) out vec4 surface;
layout(location = 1) out float distance;

const float solid = 0.2;       // quality from which the matte is 1
const float unit = 8.191875;   // metres, 65535 / 8000
const float oneSurface = 0.02006; // metres between neighbouring pixels, between two steps of 1/8 mm: rounding does not decide
const float reach = 0.02;      // metres from the surface that was found, where it counts nothing

// look returns how far the surface of camera i lies behind p along the ray, in
// metres of the view's z, times what that counts, and that.
vec2 look(int i, vec3 ray, vec3 p, vec3 normal) {
    vec3 q = toDepth[i] * p + toDepthT[i];
    vec2 at = project(depthLens[i], q.xy / q.z);
    vec2 corner = floor(at), part = at - corner;
    vec4 d = unit * textureGather(surfaces[i], (corner + 1.0) / depthLens[i].size);
    float low = min(min(d.x, d.y), min(d.z, d.w)), high = max(max(d.x, d.y), max(d.z, d.w));
    vec2 rows = part.y < 0.5 ? d.wz : d.xy;
    float z = part.x < 0.5 ? rows.x : rows.y;
    if (low > 0.0 && high - low < oneSurface) {
        rows = mix(d.wz, d.xy, part.y);
        z = mix(rows.x, rows.y, part.x);
    }
    // The plane through the surface's point, cut by the view's ray.
    vec3 n = toDepth[i] * normal;
    float slant = dot(n, toDepth[i] * ray), front = dot(n, q);
    float facing = clamp(-front * inversesqrt(dot(q, q)), 0.05, 1.0);
    float off = z - q.z;
    float weight = max(1.0 - off * off / (reach * reach), 0.0) * facing * facing * share[i];
    return vec2(weight * off / q.z * front / min(slant, -0.1), weight);
}

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 found = texelFetch(layer, at, 0);
    surface = vec4(0.0);
    distance = 0.0;
    // A loop rather than an if: a software rasteriser jumps over a loop that no
    // pixel of a group enters, but computes both sides of an if.
    for (int live = found.a > 0.0 ? 1 : 0; live > 0; live--) {
        float z = nearest / (1.0 - texelFetch(depth, at, 0).r) - setBack(found.b);
        vec2 tilt = 2.0 * found.rg - 1.0;
        vec3 normal = vec3(tilt, -sqrt(max(1.0 - dot(tilt, tilt), 0.0)));
        vec3 ray = vec3((gl_FragCoord.xy - 0.5 - viewCentre) / viewFocal, 1.0);
        vec2 sum = vec2(0.0, 0.02);
        for (int i = 0; i < COUNT; i++) sum += look(i, ray, ray * z, normal);
        distance = z + sum.x / sum.y;
        surface = vec4(0.5 + 0.5 * normal, min(found.a / solid, 1.0));
    }
}
