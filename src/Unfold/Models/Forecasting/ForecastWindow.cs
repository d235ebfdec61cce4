namespace Unfold.Models;

/// <summary>A place in a series from which is forecast.</summary>
/// <param name="Series">The series.</param>
/// <param name="Origin">The number of steps that are known there: the first that is forecast is step <paramref name="Origin"/>.</param>
public readonly record struct ForecastWindow(TimeSeries Series, int Origin);
