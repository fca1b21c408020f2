package main

import (
	"context"
	"encoding/json"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// grow takes a claim that asks for more than its volume has through the stages of a real resize:
//  1. the claim says Resizing;
//  2. the disk is grown, and the PersistentVolume gets the new capacity;
//  3. the claim says FileSystemResizePending, and the kubelet of the node that uses the volume finishes: it sets the
//     claim's capacity and takes the condition away. While no pod uses the volume, the claim stays pending, as in clouds.
func (p *provisioner) grow(ctx context.Context, claim *core.PersistentVolumeClaim) error {
	requested, has := claim.Spec.Resources.Requests[core.ResourceStorage], claim.Status.Capacity[core.ResourceStorage]
	if claim.Status.Phase != core.ClaimBound || requested.Cmp(has) <= 0 {
		return nil
	}
	volume, err := p.kube.CoreV1().PersistentVolumes().Get(ctx, claim.Spec.VolumeName, meta.GetOptions{})
	if err != nil || volume.Annotations[madeByAnnotation] != provisionerName {
		return err
	}
	capacity := volume.Spec.Capacity[core.ResourceStorage]
	if capacity.Cmp(requested) >= 0 && claim.Status.AllocatedResourceStatuses[core.ResourceStorage] != core.PersistentVolumeClaimControllerResizeInProgress {
		return nil
	}
	claim, err = p.report(ctx, claim, core.PersistentVolumeClaimResizing, core.PersistentVolumeClaimControllerResizeInProgress)
	if err != nil {
		return err
	}
	if err := p.disks.grow(volume.Name, requested.Value()); err != nil {
		p.events.Event(claim, core.EventTypeWarning, "VolumeResizeFailed", err.Error())
		return err
	}
	if err := p.setCapacity(ctx, volume.Name, requested); err != nil {
		return err
	}
	_, err = p.report(ctx, claim, core.PersistentVolumeClaimFileSystemResizePending, core.PersistentVolumeClaimNodeResizePending)
	if err == nil {
		p.events.Event(claim, core.EventTypeNormal, "FileSystemResizeRequired", "Require file system resize of volume on node")
	}
	return err
}

// report writes the stage of a resize to the claim's status, in place of the stage before. It is a conflict when somebody has
// changed the claim since it was read: the kubelet may have finished already, and must not be told to begin again.
func (p *provisioner) report(ctx context.Context, claim *core.PersistentVolumeClaim, condition core.PersistentVolumeClaimConditionType, stage core.ClaimResourceStatus) (*core.PersistentVolumeClaim, error) {
	status := map[string]any{
		"allocatedResources":        core.ResourceList{core.ResourceStorage: claim.Spec.Resources.Requests[core.ResourceStorage]},
		"allocatedResourceStatuses": map[core.ResourceName]core.ClaimResourceStatus{core.ResourceStorage: stage},
		"conditions":                []core.PersistentVolumeClaimCondition{{Type: condition, Status: core.ConditionTrue, LastTransitionTime: meta.Now()}},
	}
	version := map[string]any{"resourceVersion": claim.ResourceVersion}
	patch, err := json.Marshal(map[string]any{"metadata": version, "status": status})
	if err != nil {
		return nil, err
	}
	return p.kube.CoreV1().PersistentVolumeClaims(claim.Namespace).Patch(ctx, claim.Name, types.MergePatchType, patch, meta.PatchOptions{}, "status")
}

func (p *provisioner) setCapacity(ctx context.Context, name string, size resource.Quantity) error {
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"capacity": core.ResourceList{core.ResourceStorage: size}}})
	if err != nil {
		return err
	}
	_, err = p.kube.CoreV1().PersistentVolumes().Patch(ctx, name, types.MergePatchType, patch, meta.PatchOptions{})
	return err
}
