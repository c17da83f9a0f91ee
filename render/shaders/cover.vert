// Covers the viewport with one triangle.
void main() {
    gl_Position = vec4(vec2(gl_VertexID == 1, gl_VertexID == 2) * 4.0 - 1.0, 0.0, 1.0);
}
