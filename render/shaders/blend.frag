// Blends the layers into one surface: soft depth test, unstructured-lumigraph
// weights.
//
// with #define COUNT, the number of cameras
// in   layers     Y, Cb, Cr, quality of each camera
// in   depths     depth of each camera, 1 - nearest / z
// in   ray*       view pixel -> ray in the cube
// out  picture    Y, Cb, Cr, matte; 0 where there is nothing
// out  distance   metres along the view's axis, 0 where there is nothing

layout(binding = 0) uniform sampler2D layers[COUNT];
layout(binding = 4) uniform sampler2D depths[COUNT];

uniform vec3 cameraAt[COUNT];     // colour cameras in the cube, metres
uniform vec3 eye;             // metres, in the cube
uniform mat3 viewToCube;
uniform vec2 viewFocal, viewCentre;
uniform float perWidest;      // 1 / (1 - cos) of the angle at which weights reach 0

layout(location = 0) out vec4 picture;
layout(location = 1) out float distance;

const float nearest = 0.15;    // metres, as in warp.vert
const float softDepth = 0.035; // metres behind the front surface that still blend
const float solid = 0.2;       // quality from which the matte is 1
const float trusted = 0.12;    // quality below which a layer hides nothing
const float sameRay = 0.002;   // 1 - cos below which angles count as equal

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 layer[COUNT];
    float any = 0.0;
    for (int i = 0; i < COUNT; i++) {
        layer[i] = texelFetch(layers[i], at, 0);
        any = max(any, layer[i].a);
    }
    picture = vec4(0.0);
    distance = 0.0;
    if (any > 0.0) {
        float z[COUNT];
        float front = 1e9, doubtful = 1e9;
        for (int i = 0; i < COUNT; i++) {
            z[i] = layer[i].a > 0.0 ? nearest / (1.0 - texelFetch(depths[i], at, 0).r) : 1e9;
            front = layer[i].a > trusted ? min(front, z[i]) : front;
            doubtful = min(doubtful, z[i]);
        }
        if (front == 1e9) front = doubtful;

        vec3 ray = viewToCube * vec3((gl_FragCoord.xy - 0.5 - viewCentre) / viewFocal, 1.0);
        vec3 point = eye + ray * front;
        float raySquared = dot(ray, ray);
        vec3 colour = vec3(0.0);
        float weight = 0.0, depth = 0.0;
        for (int i = 0; i < COUNT; i++) {
            vec3 fromCamera = point - cameraAt[i];
            float off = 1.0 - dot(ray, fromCamera) * inversesqrt(raySquared * dot(fromCamera, fromCamera));
            float angle = max(1.0 - off * perWidest, 0.004) / (off + sameRay);
            float w = abs(z[i] - front) > softDepth ? 0.0 : layer[i].a * layer[i].a * angle;
            colour += w * layer[i].rgb;
            depth += w > 0.0 ? w * z[i] : 0.0;
            weight += w;
        }
        float share = 1.0 / weight;
        picture = vec4(colour * share, min(any / solid, 1.0));
        distance = depth * share;
    }
}
