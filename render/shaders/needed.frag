// Which cameras colour a square of the view: the largest weight of each in it.
//
// in   weights  of the cameras, at half size
// out  needed   a pixel a square

layout(binding = 0) uniform sampler2D weights;

layout(location = 0) out vec4 needed;

const int side = 8; // pixels of half size along a square, tileSide / 2 in tiles.go

void main() {
    ivec2 last = textureSize(weights, 0) - 1;
    ivec2 at = side * ivec2(gl_FragCoord.xy);
    needed = vec4(0.0);
    // One pixel beyond: colour.frag looks at the neighbours.
    for (int y = -1; y <= side; y++) {
        for (int x = -1; x <= side; x++) {
            needed = max(needed, texelFetch(weights, clamp(at + ivec2(x, y), ivec2(0), last), 0));
        }
    }
}
