package gl

/*
#cgo linux pkg-config: egl
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <stdlib.h>
#include <string.h>

typedef struct { EGLDisplay display; EGLContext context; EGLint error; const char *step; } vc_egl;

static int vc_has(const char *list, const char *name) {
	size_t n = strlen(name);
	for (const char *p = list; p && (p = strstr(p, name)); p += n)
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == 0)) return 1;
	return 0;
}

static int vc_make(vc_egl *e) {
	const char *extensions = eglQueryString(e->display, EGL_EXTENSIONS);
	EGLint attributes[] = {
		EGL_CONTEXT_MAJOR_VERSION, 4, EGL_CONTEXT_MINOR_VERSION, 5,
		EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
		EGL_CONTEXT_OPENGL_ROBUST_ACCESS, EGL_TRUE,
		EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY, EGL_LOSE_CONTEXT_ON_RESET,
		EGL_NONE };
	e->step = "eglBindAPI";
	if (!eglBindAPI(EGL_OPENGL_API)) return 0;
	e->step = "EGL_KHR_no_config_context and EGL_KHR_surfaceless_context";
	if (!vc_has(extensions, "EGL_KHR_no_config_context") && !vc_has(extensions, "EGL_MESA_configless_context")) return 0;
	if (!vc_has(extensions, "EGL_KHR_surfaceless_context")) return 0;
	e->step = "eglCreateContext (OpenGL 4.5 core)";
	e->context = eglCreateContext(e->display, (EGLConfig)0, EGL_NO_CONTEXT, attributes);
	if (e->context == EGL_NO_CONTEXT) {
		attributes[6] = EGL_NONE; // some drivers know no robustness
		e->context = eglCreateContext(e->display, (EGLConfig)0, EGL_NO_CONTEXT, attributes);
	}
	if (e->context == EGL_NO_CONTEXT) return 0;
	e->step = "eglMakeCurrent";
	if (!eglMakeCurrent(e->display, EGL_NO_SURFACE, EGL_NO_SURFACE, e->context)) {
		eglDestroyContext(e->display, e->context);
		return 0;
	}
	return 1;
}

static int vc_try(vc_egl *e, EGLenum platform, void *native) {
	PFNEGLGETPLATFORMDISPLAYEXTPROC get = (PFNEGLGETPLATFORMDISPLAYEXTPROC)eglGetProcAddress("eglGetPlatformDisplayEXT");
	e->step = "eglGetPlatformDisplayEXT";
	if (!get) return 0;
	e->display = get(platform, native, NULL);
	if (e->display == EGL_NO_DISPLAY) return 0;
	e->step = "eglInitialize";
	EGLint major, minor;
	if (!eglInitialize(e->display, &major, &minor)) return 0;
	return vc_make(e);
}

// A device with a DRM node is hardware; Mesa's software device has none.
static int vc_hardware(EGLDeviceEXT device) {
	PFNEGLQUERYDEVICESTRINGEXTPROC query = (PFNEGLQUERYDEVICESTRINGEXTPROC)eglGetProcAddress("eglQueryDeviceStringEXT");
	if (!query) return 1;
	return !vc_has(query(device, EGL_EXTENSIONS), "EGL_MESA_device_software");
}

static int vc_open(vc_egl *e) {
	PFNEGLQUERYDEVICESEXTPROC query = (PFNEGLQUERYDEVICESEXTPROC)eglGetProcAddress("eglQueryDevicesEXT");
	EGLDeviceEXT devices[16];
	EGLint count = 0;
	if (query && query(16, devices, &count)) {
		for (int hardware = 1; hardware >= 0; hardware--)
			for (int i = 0; i < count; i++)
				if (vc_hardware(devices[i]) == hardware && vc_try(e, EGL_PLATFORM_DEVICE_EXT, devices[i])) return 1;
	}
	if (vc_try(e, EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY)) return 1;
	e->error = eglGetError();
	return 0;
}

static void vc_close(vc_egl *e) {
	eglMakeCurrent(e->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
	eglDestroyContext(e->display, e->context);
	eglReleaseThread();
}
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	gl45 "github.com/go-gl/gl/v4.5-core/gl"
)

// ErrNoGL is wrapped by errors of machines without usable OpenGL.
var ErrNoGL = errors.New("no OpenGL 4.5 without a display; install Mesa's libegl-mesa0 and libgl1-mesa-dri, or the GPU vendor's EGL driver")

// context is one EGL context, current on the calling thread.
type context struct{ egl C.vc_egl }

// openContext makes a context current on this locked thread: the first
// hardware EGL device, else Mesa's software one.
func openContext() (*context, error) {
	c := &context{}
	if C.vc_open(&c.egl) == 0 {
		step := "eglQueryDevicesEXT"
		if c.egl.step != nil {
			step = C.GoString(c.egl.step)
		}
		return nil, fmt.Errorf("open OpenGL: %s: EGL error 0x%04x: %w", step, int(c.egl.error), ErrNoGL)
	}
	err := gl45.InitWithProcAddrFunc(func(name string) unsafe.Pointer {
		n := C.CString(name)
		defer C.free(unsafe.Pointer(n))
		return unsafe.Pointer(C.eglGetProcAddress(n))
	})
	if err != nil {
		c.close()
		return nil, fmt.Errorf("open OpenGL: load functions: %w: %w", err, ErrNoGL)
	}
	return c, nil
}

func (c *context) close() { C.vc_close(&c.egl) }
