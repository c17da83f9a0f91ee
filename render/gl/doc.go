// Package gl opens OpenGL 4.5 core without a display and gives the renderer
// the few things it draws with: textures, programs, buffers, framebuffers and
// asynchronous readback. It is the only package that imports go-gl.
//
// A Device owns one EGL context and the one operating-system thread on which
// the context is current; Run is that thread. Everything else happens inside
// Do, which hands a function to the thread and waits for it. Objects belong to
// the context in which they were made: after a loss the device makes a new
// context, its Generation grows, and users build their objects anew.
//
// Row 0 of every texture and framebuffer is the top of the picture: shaders
// place pixel (u, v) at clip (2(u+0.5)/W-1, 2(v+0.5)/H-1), so no flip happens
// anywhere.
//
// Where no GPU is, Mesa's software rasteriser (llvmpipe) runs the same code;
// Info says which it is.
package gl
