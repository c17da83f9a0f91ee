package onnx

import (
	"errors"
	"fmt"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/virtualcube/virtualcube/models"
)

// ErrProvider is wrapped where the provider that was asked for cannot be had.
var ErrProvider = errors.New("provider cannot be had")

// remedies say what a provider needs.
var remedies = map[models.Provider]string{
	models.CUDA:     "it needs an NVIDIA GPU with its driver, CUDA 12, cuDNN 9, and a build of ONNX Runtime with its CUDA provider beside it",
	models.TensorRT: "it needs an NVIDIA GPU with its driver, CUDA 12, TensorRT 10, and a build of ONNX Runtime with its TensorRT provider beside it",
	models.OpenVINO: "it needs OpenVINO, and a build of ONNX Runtime with its OpenVINO provider beside it",
}

// refused makes the error of a provider.
func refused(p models.Provider, err error) error {
	return fmt.Errorf("%w: %s: %w; %s, or ask for the provider cpu", ErrProvider, p, err, remedies[p])
}

// sessionOptions are those of one provider. The caller destroys them.
func sessionOptions(p models.Provider, o Options) (*ort.SessionOptions, error) {
	made, err := ort.NewSessionOptions()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLibrary, err)
	}
	err = errors.Join(
		made.SetIntraOpNumThreads(max(o.Threads, 1)),
		made.SetInterOpNumThreads(1),
		// Threads that spin take the cores of the other stages.
		made.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
	)
	if err == nil && p != models.CPU {
		if !o.Mixed {
			err = made.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1")
		}
		if err == nil {
			err = addProvider(made, p)
		}
		if err != nil {
			err = refused(p, err)
		}
	}
	if err != nil {
		return nil, errors.Join(err, made.Destroy())
	}
	return made, nil
}

func addProvider(to *ort.SessionOptions, p models.Provider) (err error) {
	switch p {
	case models.CUDA:
		cuda, err := ort.NewCUDAProviderOptions()
		if err != nil {
			return err
		}
		return errors.Join(to.AppendExecutionProviderCUDA(cuda), cuda.Destroy())
	case models.TensorRT:
		tensorRT, err := ort.NewTensorRTProviderOptions()
		if err != nil {
			return err
		}
		return errors.Join(to.AppendExecutionProviderTensorRT(tensorRT), tensorRT.Destroy())
	default:
		return to.AppendExecutionProviderOpenVINO(nil)
	}
}
