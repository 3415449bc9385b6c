// The three themes: Fluent's, from our brand ramp, extended once with Tandem's own tokens. The only file with colors.
import {
  createDarkTheme,
  createLightTheme,
  teamsHighContrastTheme,
  type BrandVariants,
  type Theme,
} from '@fluentui/react-components';

const brand: BrandVariants = {
  10: '#050509',
  20: '#171833',
  30: '#23254f',
  40: '#2f3264',
  50: '#3b3e76',
  60: '#444791',
  70: '#4f52b2',
  80: '#5b5fc7',
  90: '#6a70d6',
  100: '#7579eb',
  110: '#7f85f5',
  120: '#9299f7',
  130: '#aab1fa',
  140: '#b6bcfa',
  150: '#c5cbfa',
  160: '#dce0fa',
};

interface TandemTokens {
  tdStateAvailable: string;
  tdStateOnContact: string;
  tdStateOnContactDeep: string;
  tdStateOffering: string;
  tdStateWrapUp: string;
  tdStateBreak: string;
  tdStateOffline: string;
  tdLevelOk: string;
  tdLevelWatch: string;
  tdLevelAct: string;
  tdLevelActInk: string;
  tdLevelActMark: string;
  tdSurfacePage: string;
  tdSurfaceCard: string;
  tdCardBorder: string;
  tdRowLine: string;
  tdChartLine: string;
  tdChartFill: string;
  tdChartBreach: string;
  tdChartTarget: string;
  tdTextureInk: string;
  tdStaleBack: string;
  tdStaleInk: string;
  tdSecretBack: string;
  tdSecretInk: string;
}

const light: TandemTokens = {
  tdStateAvailable: '#107c10',
  tdStateOnContact: '#c50f1f',
  tdStateOnContactDeep: '#8a0b16',
  tdStateOffering: '#0f6cbd',
  tdStateWrapUp: '#5b5fc7',
  tdStateBreak: '#8a5a00',
  tdStateOffline: '#616161',
  tdLevelOk: '#0e700e',
  tdLevelWatch: '#bc4b09',
  tdLevelAct: '#b10e1c',
  tdLevelActInk: '#ffffff',
  tdLevelActMark: '#ffffff',
  tdSurfacePage: '#f5f5f5',
  tdSurfaceCard: '#ffffff',
  tdCardBorder: 'transparent',
  tdRowLine: '#e6e6e6',
  tdChartLine: '#5b5fc7',
  tdChartFill: '#e4e5f8',
  tdChartBreach: '#f3d2b8',
  tdChartTarget: '#616161',
  tdTextureInk: '#ffffff',
  tdStaleBack: '#fff1d6',
  tdStaleInk: '#5c3b00',
  tdSecretBack: '#fbdcea',
  tdSecretInk: '#7a0b45',
};

const dark: TandemTokens = {
  tdStateAvailable: '#54b054',
  tdStateOnContact: '#e37d80',
  tdStateOnContactDeep: '#a03a3e',
  tdStateOffering: '#62abf5',
  tdStateWrapUp: '#9299f7',
  tdStateBreak: '#fbc86b',
  tdStateOffline: '#adadad',
  tdLevelOk: '#9fd89f',
  tdLevelWatch: '#faa06b',
  tdLevelAct: '#eeacb2',
  tdLevelActInk: '#1f1f1f',
  tdLevelActMark: '#750b1c',
  tdSurfacePage: '#141414',
  tdSurfaceCard: '#292929',
  tdCardBorder: 'transparent',
  tdRowLine: '#404040',
  tdChartLine: '#9299f7',
  tdChartFill: '#414357',
  tdChartBreach: '#5a4436',
  tdChartTarget: '#adadad',
  tdTextureInk: '#292929',
  tdStaleBack: '#4a3514',
  tdStaleInk: '#ffe2ad',
  tdSecretBack: '#4d1430',
  tdSecretInk: '#ffc9e1',
};

const contrast: TandemTokens = {
  tdStateAvailable: '#ffffff',
  tdStateOnContact: '#ffffff',
  tdStateOnContactDeep: '#000000',
  tdStateOffering: '#1aebff',
  tdStateWrapUp: '#ffffff',
  tdStateBreak: '#ffffff',
  tdStateOffline: '#3ff23f',
  tdLevelOk: '#ffffff',
  tdLevelWatch: '#ffffff',
  tdLevelAct: '#ffff01',
  tdLevelActInk: '#000000',
  tdLevelActMark: '#000000',
  tdSurfacePage: '#000000',
  tdSurfaceCard: '#000000',
  tdCardBorder: '#ffffff',
  tdRowLine: '#ffffff',
  tdChartLine: '#ffffff',
  tdChartFill: '#000000',
  tdChartBreach: '#000000',
  tdChartTarget: '#ffff01',
  tdTextureInk: '#000000',
  tdStaleBack: '#000000',
  tdStaleInk: '#ffff01',
  tdSecretBack: '#000000',
  tdSecretInk: '#ffff01',
};

const fontFamilyBase = '"Segoe UI Variable", "Segoe UI", "Inter Variable", system-ui, sans-serif';
const fonts = { fontFamilyBase, fontFamilyNumeric: fontFamilyBase };

export type TandemTheme = Theme & TandemTokens;
export type ThemeName = 'light' | 'dark' | 'contrast';

export const themes: Record<ThemeName, TandemTheme> = {
  light: { ...createLightTheme(brand), ...fonts, ...light },
  dark: {
    ...createDarkTheme(brand),
    ...fonts,
    ...dark,
    colorBrandForeground1: brand[110],
    colorBrandForeground2: brand[120],
    colorBrandForegroundLink: brand[120],
    colorBrandForegroundLinkHover: brand[130],
  },
  contrast: { ...teamsHighContrastTheme, ...fonts, ...contrast },
};

/** CSS variables of Tandem's tokens, in the manner of Fluent's `tokens`. */
export const td = Object.fromEntries(Object.keys(light).map((name) => [name, `var(--${name})`])) as {
  [K in keyof TandemTokens]: string;
};
