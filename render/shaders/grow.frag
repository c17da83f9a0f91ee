// Grows the surface beyond its edge: what the learned blend judges must reach
// further than the person may.
//
// in   surface    normal (view axes, 0.5 is 0), matte
// in   distance   metres along the view's axis, 0 where there is nothing
// in   layer      quality in a
// out  grown      normal, matte: 0 beyond the surface
// out  reached    metres
// out  rim        quality and nearness: 1 on the surface, 0 out of reach

layout(binding = 0) uniform sampler2D surface;
layout(binding = 1) uniform sampler2D distance;
layout(binding = 2) uniform sampler2D layer;

layout(location = 0) out vec4 grown;
layout(location = 1) out float reached;
layout(location = 2) out vec2 rim;

const int reach = 6; // pixels

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy), last = textureSize(surface, 0) - 1, nearest = at;
    // The nearest pixel that shows something; of two the first in rows counts.
    int least = texelFetch(distance, at, 0).r > 0.0 ? 0 : reach * reach + 1;
    for (int live = least > 0 ? 1 : 0; live > 0; live--) {
        for (int y = -reach; y <= reach; y++) {
            for (int x = -reach; x <= reach; x++) {
                ivec2 there = clamp(at + ivec2(x, y), ivec2(0), last);
                if (x * x + y * y < least && texelFetch(distance, there, 0).r > 0.0) {
                    least = x * x + y * y;
                    nearest = there;
                }
            }
        }
    }
    bool known = least <= reach * reach;
    vec4 found = texelFetch(surface, nearest, 0);
    grown = known ? vec4(found.rgb, least == 0 ? found.a : 0.0) : vec4(0.0);
    reached = known ? texelFetch(distance, nearest, 0).r : 0.0;
    rim = known ? vec2(texelFetch(layer, nearest, 0).a, 1.0 - sqrt(float(least)) / float(reach + 1)) : vec2(0.0);
}
