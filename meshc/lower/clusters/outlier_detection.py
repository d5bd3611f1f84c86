"""Outlier detection of a traffic policy in, that of a cluster out (spec: clusters 10)."""

from __future__ import annotations

from meshc.ir.cluster import OutlierDetection
from meshc.model import api


def outlier_detection(settings: api.OutlierDetection | None) -> OutlierDetection | None:
    """Ejection of endpoints; local origin failures count only if they are told apart."""
    if settings is None:
        return None
    split = settings.split_external_local_origin_errors
    local = settings.consecutive_local_origin_failures or None
    return OutlierDetection(
        consecutive_5xx=settings.consecutive_5xx_errors,
        consecutive_gateway_failure=settings.consecutive_gateway_errors,
        interval=settings.interval,
        base_ejection_time=settings.base_ejection_time,
        max_ejection_percent=settings.max_ejection_percent if settings.max_ejection_percent > 0 else None,
        split_local_origin=split,
        consecutive_local_origin_failure=local if split else None,
    )
