// Blends the layers into one surface: soft depth test, unstructured-lumigraph
// weights.
//
// in   layers     Y, Cb, Cr, quality of each camera
// in   alphas     alpha of each camera
// in   depths     depth of each camera, 1 - nearest / z
// in   ray*       view pixel -> ray in the cube
// out  picture    Y, Cb, Cr, matte; premultiplied by the matte where it is 0
// out  distance   metres along the view's axis, 0 where there is nothing

layout(binding = 0) uniform sampler2D layers[4];
layout(binding = 4) uniform sampler2D alphas[4];
layout(binding = 8) uniform sampler2D depths[4];

uniform int count;
uniform vec3 cameraAt[4];     // colour cameras in the cube, metres
uniform vec3 eye;             // metres, in the cube
uniform mat3 viewToCube;
uniform vec2 viewFocal, viewCentre;
uniform float widest;         // 1 - cos of the angle at which weights reach 0
uniform float sharpness[4];   // colour pixels of the camera a view pixel, relative

layout(location = 0) out vec4 picture;
layout(location = 1) out float distance;

const float nearest = 0.15;    // metres, as in warp.vert
const float softDepth = 0.035; // metres behind the front surface that still blend
const float trusted = 0.12;    // quality below which a layer hides nothing
const float sameRay = 0.002;   // 1 - cos below which angles count as equal

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 layer[4];
    float z[4];
    float front = 1e9, doubtful = 1e9, matte = 0.0;
    for (int i = 0; i < 4; i++) {
        if (i >= count) break;
        layer[i] = texelFetch(layers[i], at, 0);
        if (layer[i].a == 0.0) continue;
        z[i] = nearest / (1.0 - texelFetch(depths[i], at, 0).r);
        matte = max(matte, texelFetch(alphas[i], at, 0).r);
        if (layer[i].a > trusted) front = min(front, z[i]);
        doubtful = min(doubtful, z[i]);
    }
    if (doubtful == 1e9) {
        picture = vec4(0.0);
        distance = 0.0;
        return;
    }
    if (front == 1e9) front = doubtful;

    vec3 ray = viewToCube * vec3((gl_FragCoord.xy - 0.5 - viewCentre) / viewFocal, 1.0);
    vec3 point = eye + ray * front;
    vec3 toEye = normalize(-ray);
    vec3 colour = vec3(0.0);
    float weight = 0.0, depth = 0.0;
    for (int i = 0; i < 4; i++) {
        if (i >= count) break;
        if (layer[i].a == 0.0 || abs(z[i] - front) > softDepth) continue;
        float off = 1.0 - dot(toEye, normalize(cameraAt[i] - point));
        float angle = max(1.0 - off / widest, 0.004) / (off + sameRay);
        float w = layer[i].a * layer[i].a * angle * sharpness[i];
        colour += w * layer[i].rgb;
        depth += w * z[i];
        weight += w;
    }
    picture = vec4(colour / weight, matte);
    distance = depth / weight;
}
